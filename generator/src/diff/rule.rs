use super::verdict::{Bump, Usage, Wire};

/// Declares the rules: the variant, its stable name, its verdicts, and what `--explain` prints. The verdict on the
/// wire is that of a value in a request, then that of a value in a response.
macro_rules! rules {
    ($($variant:ident = $name:literal, $bump:ident $($silent:ident)?, $sent:ident $received:ident:
        $explanation:literal)+) => {
        /// What kind of change it is; each has one verdict for the crate.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = $explanation] $variant,)+
        }

        impl Rule {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its stable name, as printed: `required-field-added`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What it asks of the next version of the crate.
            #[must_use]
            pub fn bump(self) -> Bump {
                match self { $(Self::$variant => Bump::$bump,)+ }
            }

            /// Whether everything may still compile and yet mean something else.
            #[must_use]
            pub fn is_silent(self) -> bool {
                let word: &str = match self {
                    $(Self::$variant => concat!($(stringify!($silent))?),)+
                };
                word == "silent"
            }

            /// What it means, in one paragraph.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $explanation,)+ }
            }

            fn wires(self) -> (Wire, Wire) {
                match self { $(Self::$variant => (Wire::$sent, Wire::$received),)+ }
            }
        }
    };
}

impl Rule {
    /// The rule of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.name() == name)
    }

    /// Its verdicts in words: `crate: major, wire: breaks in requests, works in responses`.
    #[must_use]
    pub fn verdicts(self) -> String {
        let (sent, received) = self.wires();
        let wire = match sent == received {
            true => sent.name().to_owned(),
            false => format!("{} in requests, {} in responses", sent.name(), received.name()),
        };
        let silent = if self.is_silent() { " (silent)" } else { "" };
        format!("crate: {}{silent}, wire: {wire}", self.bump().name())
    }

    /// What it does to programs that are not built anew, by who sends the value.
    #[must_use]
    pub fn wire(self, usage: Usage) -> Wire {
        let (sent, received) = self.wires();
        let sent = if usage.sent { sent } else { Wire::Works };
        let received = if usage.received { received } else { Wire::Works };
        sent.max(received)
    }
}

rules! {
    // Operations.
    OperationAdded = "operation-added", Minor, Works Works:
        "A new operation, with a method for it."
    OperationRemoved = "operation-removed", Major, Breaks Breaks:
        "An operation was removed, along with its method and its request. Requests to it will fail."
    OperationRenamed = "operation-renamed", Major, Works Works:
        "The operation at this method and path has a different `operationId`, so its method and the types of its request are renamed. Nothing changes on the wire. To keep the old name, set `operationId` in an overlay or use `names` in the configuration file."
    OperationNameReused = "operation-name-reused", Major silent, Works Works:
        "The operation at this method and path has a different `operationId`, and its old one now belongs to another operation: calls by the old name may still compile, but send a different request. To keep the old names, set `operationId` in an overlay."
    OperationMoved = "operation-moved", Major, Works Works:
        "The operation's first tag changed, or the document now has enough operations to be grouped by tag, so its method moves to another part of the client, and to another feature if tags have features. Nothing changes on the wire. To keep it where it was, set `tags` in an overlay."
    OperationPathChanged = "operation-path-changed", Patch, Breaks Breaks:
        "The operation of this name has a different method or path. Callers compile as before, but programs that are not rebuilt call the old endpoint."
    CloneAdded = "clone-added", Minor, Works Works:
        "The request of an operation, or the enum of its responses, is now `Clone`: none of its bodies is a stream anymore."
    CloneRemoved = "clone-removed", Major, Works Works:
        "The request of an operation, or the enum of its responses, is no longer `Clone`: one of its bodies can be a stream, which is sent or read only once."
    OperationDeprecated = "operation-deprecated", Minor, Works Works:
        "The operation is deprecated, so its callers get a compiler warning."
    OperationUndeprecated = "operation-undeprecated", Patch, Works Works:
        "The operation is no longer deprecated."
    OperationServerChanged = "operation-server-changed", Patch, MayBreak MayBreak:
        "Requests for the operation go to a different server."
    IdempotencyChanged = "idempotency-changed", Patch, Works Works:
        "The document now says that the operation may be repeated, or that it may not (`x-idempotent`), or no longer says either. Clients repeat failed requests accordingly."
    SecurityTightened = "security-tightened", Patch, Breaks Breaks:
        "The credentials that the operation accepted are no longer sufficient."
    SecurityChanged = "security-changed", Patch, MayBreak MayBreak:
        "Some of the credentials that the operation accepted are no longer sufficient."
    SecurityReordered = "security-reordered", Patch silent, Works Works:
        "The operation accepts the same credentials, in another order. A client that has several of them sends those that come first."
    ScopesAdded = "scopes-added", Patch, MayBreak MayBreak:
        "A token needs further scopes for the operation. Tokens without them are no longer sufficient."
    ScopesRemoved = "scopes-removed", Patch, Works Works:
        "A token needs fewer scopes for the operation."
    SecurityRelaxed = "security-relaxed", Patch, Works Works:
        "The operation accepts further credentials, or none. Those that were sufficient still are."

    // Parameters, and parts of forms.
    RequiredParameterAdded = "required-parameter-added", Major, Breaks Breaks:
        "A request needs a new parameter or form part, so the method or `new` takes one more argument. Requests without it will fail."
    OptionalParameterAdded = "optional-parameter-added", Minor, Works Works:
        "A request has a new optional parameter or form part."
    ParameterRemoved = "parameter-removed", Major, MayBreak MayBreak:
        "A parameter or form part was removed, along with the argument or the method that set it. The service may ignore or reject it."
    ParameterBecameRequired = "parameter-became-required", Major, Breaks Breaks:
        "A parameter became required, so it is now an argument instead of a method of the request. Requests without it will fail."
    ParameterBecameOptional = "parameter-became-optional", Major, Works Works:
        "A parameter became optional, so it is now a method of the request instead of an argument."
    ParameterRenamed = "parameter-renamed", Major, Works Works:
        "The method that sets the parameter is renamed. Nothing changes on the wire."
    ParameterTypeChanged = "parameter-type-changed", Major, Breaks Breaks:
        "The type of the parameter changed."
    ParameterTypeWidened = "parameter-type-widened", Major, Works Works:
        "The parameter accepts more values than before, so its type changed: from an enum to a string, for example, or from 32 to 64 bits."
    ParameterTypeNarrowed = "parameter-type-narrowed", Major, MayBreak MayBreak:
        "The parameter accepts fewer values than before, so its type changed: from a string to an enum, for example, or from 64 to 32 bits."
    ParameterMoved = "parameter-moved", Patch, Breaks Breaks:
        "The parameter moved to another part of the request, from the query to a header, for example."
    ParameterStyleChanged = "parameter-style-changed", Patch, MayBreak MayBreak:
        "The values of the parameter are serialized differently (`style`, `explode`, `allowReserved`, or the content type of a form part). This matters for arrays and objects."
    ParameterDefaultChanged = "parameter-default-changed", Patch silent, MayBreak MayBreak:
        "The service assumes a different value if the parameter is not sent. Callers compile as before, but get a different result."
    ParameterDeprecated = "parameter-deprecated", Minor, Works Works:
        "The parameter is deprecated, so code that calls its method gets a compiler warning. Required parameters are arguments, which cause none."
    ParameterUndeprecated = "parameter-undeprecated", Patch, Works Works:
        "The parameter is no longer deprecated."
    ArgumentsSwapped = "arguments-swapped", Major silent, Works Works:
        "A method, or `new` of a form, takes as many arguments as before, but different ones, and each accepts what was meant for the one in its position: calls compile as before and send the values under other names. This happens when a required parameter is renamed. Reordering parameters in the document has no effect, because arguments are ordered by the path, then by name. Review every call."

    // Bodies.
    RequiredBodyAdded = "required-body-added", Major, Breaks Breaks:
        "The operation now requires a body, so its method takes one more argument."
    OptionalBodyAdded = "optional-body-added", Minor, Works Works:
        "The operation now accepts a body."
    BodyRemoved = "body-removed", Major, MayBreak MayBreak:
        "The operation no longer has a body."
    BodyBecameRequired = "body-became-required", Major, Breaks Breaks:
        "The body became required, so it is now an argument instead of a method of the request."
    BodyBecameOptional = "body-became-optional", Major, Works Works:
        "The body became optional, so it is now a method of the request instead of an argument."
    BodyTypeChanged = "body-type-changed", Major, Breaks Breaks:
        "The body has a different type, or is of a different kind: bytes instead of JSON, for example."
    BodyTypeRenamed = "body-type-renamed", Major, Works Works:
        "The type of the body is renamed or wrapped differently, but serialized as before."
    BodyMediaTypeChanged = "body-media-type-changed", Patch, MayBreak MayBreak:
        "The body is sent with a different `Content-Type`."
    BodyChoiceAdded = "body-choice-added", Minor, Works Works:
        "The body can have a further media type."
    BodyChoiceRemoved = "body-choice-removed", Major, Breaks Breaks:
        "One of the media types that the body could have was removed, along with its variant."
    BodyBecameChoice = "body-became-choice", Major, Works Works:
        "The body had one media type and now has several, so the method takes an enum."
    BodyChoiceSettled = "body-choice-settled", Major, MayBreak MayBreak:
        "The body had several media types and now has one, so the method takes what its variant held."

    // Responses.
    ResponseTypeChanged = "response-type-changed", Major, Breaks Breaks:
        "The response has a different type, or is of a different kind: a stream of bytes instead of JSON, for example."
    ResponseTypeRenamed = "response-type-renamed", Major, Works Works:
        "The type of the response is renamed or wrapped differently, but deserialized as before."
    ResponseBodyAdded = "response-body-added", Major, Works Works:
        "A response without a body now has one, so the operation returns a value instead of `()`."
    ResponseStatusAdded = "response-status-added", Minor, MayBreak MayBreak:
        "A further success status was added, along with a variant for it. Programs that are not rebuilt treat it as an error."
    ResponseStatusRemoved = "response-status-removed", Major, Works Works:
        "One of several success statuses was removed, along with its variant."
    ResponseStatusChanged = "response-status-changed", Patch, MayBreak MayBreak:
        "The status of the success response changed."
    ResponseBecameSeveral = "response-became-several", Major, MayBreak MayBreak:
        "The operation had one success response and now has several, or headers instead of a body, so it returns a type of its own."
    ResponseBecameOne = "response-became-one", Major, Works Works:
        "The operation had several success responses, or headers instead of a body, and now has one, so it returns the body of that one."
    ResponseHeaderAdded = "response-header-added", Minor, Works Works:
        "A response header was added, along with a field for it."
    ResponseHeaderRemoved = "response-header-removed", Major, MayBreak MayBreak:
        "A response header was removed, along with its field."
    ResponseHeaderChanged = "response-header-changed", Major, MayBreak MayBreak:
        "The field for a response header has a different type or name."
    ResponseVariantChanged = "response-variant-changed", Major, Works Works:
        "One of several responses gained its first header, lost its last one, or replaced one: its variant has different fields, and code that destructures it no longer compiles."
    ResponseMediaTypeChanged = "response-media-type-changed", Patch, MayBreak MayBreak:
        "The operation requests responses of different media types (`Accept`)."
    ResponseChoiceAdded = "response-choice-added", Minor, Works Works:
        "The response is also available in a further media type with a type of its own: the request has a new method that asks for it."
    ResponseChoiceRemoved = "response-choice-removed", Major, Breaks Breaks:
        "The response is no longer available in one of several media types with types of their own: the method of the request that asked for it was removed."
    ErrorTypeChanged = "error-type-changed", Major, MayBreak MayBreak:
        "The error body of the operation has a different type. Programs that are not rebuilt still get the error, but perhaps without its body."
    ErrorStatusAdded = "error-status-added", Minor, Works Works:
        "The error bodies differ by status, and a status was added, along with its variant."
    ErrorStatusRemoved = "error-status-removed", Major, Works Works:
        "The error bodies differ by status, and a status was removed, along with its variant."
    SharedErrorAdded = "shared-error-added", Minor, Works Works:
        "Several operations now have the same errors, in an enum named after their statuses. The names that begin with the operation's remain."
    SharedErrorRemoved = "shared-error-removed", Major, Works Works:
        "No two operations have these errors anymore, or the statuses in the name changed, so the enum named after them was removed. Use the names that begin with the operation's, which remain."
    ErrorRestChanged = "error-rest-changed", Patch, Works Works:
        "A `default` response was added beside others, or removed: errors with a status that the document does not list are read differently."

    // Lists in pages.
    PaginationAdded = "pagination-added", Minor, Works Works:
        "The response is now recognized as a page of a list, so the request has a method `stream`."
    PaginationRemoved = "pagination-removed", Major, Works Works:
        "The response is no longer recognized as a page of a list, so the method `stream` of the request was removed. The extension `x-pagination` declares how a list is paged."
    PaginationItemChanged = "pagination-item-changed", Major, MayBreak MayBreak:
        "The items that the method `stream` returns have a different type."
    PaginationChanged = "pagination-changed", Patch, MayBreak MayBreak:
        "The next page is found in a different way."

    // Types.
    TypeAdded = "type-added", Minor, Works Works:
        "A new type."
    TypeRemoved = "type-removed", Major, Works Works:
        "A type was removed. The effect on requests and responses is reported where it was used."
    TypeRenamed = "type-renamed", Major, Works Works:
        "A type is renamed and its content is the same. Nothing changes on the wire. To keep the old name, set `x-rust-name` in an overlay or use `names` in the configuration file."
    TypeKindChanged = "type-kind-changed", Major, Breaks Breaks:
        "A type is of a different kind: an enum instead of a struct, for example."
    TypeChanged = "type-changed", Major, Breaks Breaks:
        "The type behind an alias or in a newtype changed."
    TypeWidened = "type-widened", Major, Works MayBreak:
        "A type allows more values than before: an enum became a string, for example, or what is behind an alias or in a newtype is another type."
    TypeNarrowed = "type-narrowed", Major, MayBreak Works:
        "A type allows fewer values than before: a string became an enum, for example, or what is behind an alias or in a newtype is another type."
    TypeRewrapped = "type-rewrapped", Major, Works Works:
        "The value of an alias or a newtype is held differently: boxed, or hidden from `Debug`. Nothing changes on the wire."
    TypesMerged = "types-merged", Minor, Works Works:
        "The document now describes these types alike, so they are one type with several names. Code that implements a trait for more than one of them no longer compiles. Types are merged in crates with more than 100 operations, unless `merge-types` in the configuration file says otherwise."
    TypesSplit = "types-split", Major, Works Works:
        "Types that were one, because the document described them alike, are no longer equal. Their names stay, but code that uses one for another no longer compiles. To keep types separate from the start, set `merge-types: never` in the configuration file."
    HashAdded = "hash-added", Minor, Works Works:
        "A type is now `Eq` and `Hash`, and so are the types that hold it: it no longer contains a number with a fraction (`type: number`). Reported once, at the type that changed."
    HashRemoved = "hash-removed", Major, Works Works:
        "A type is no longer `Eq` and `Hash`, nor are the types that hold it: it now contains a number with a fraction (`type: number`). Code that puts values of these types into a `HashSet` no longer compiles. Reported once, at the type that changed."
    TypeDeprecated = "type-deprecated", Patch, Works Works:
        "The type is deprecated, as its documentation says. There is no compiler warning: it would appear wherever the crate itself names the type."
    TypeUndeprecated = "type-undeprecated", Patch, Works Works:
        "The type is no longer deprecated."

    // Fields.
    FieldAdded = "field-added", Minor, Works Works:
        "A struct has a new optional field. Structs are `#[non_exhaustive]`, so existing code need not name it."
    RequiredFieldAdded = "required-field-added", Major, Breaks Works:
        "A struct has a new required field, so `new` takes one more argument, and the struct loses `Default` if this is its first required field. Requests without it will fail; responses with it are read as before."
    FilledFieldAdded = "filled-field-added", Minor, Breaks Works:
        "A struct has a new field that requests need and that is filled in automatically: it is null, or the only value that the document allows. Programs that are not rebuilt do not send it."
    FieldRemoved = "field-removed", Major, MayBreak MayBreak:
        "An optional field was removed. In requests, the service may ignore or reject it; in responses, it will be missing."
    RequiredFieldRemoved = "required-field-removed", Major, MayBreak Breaks:
        "A required field was removed, and `new` takes one argument less. Programs that are not rebuilt cannot read responses without it."
    FieldRenamed = "field-renamed", Major, Works Works:
        "A field is renamed in Rust and keeps its name on the wire. To keep the old name, set `x-rust-name` in an overlay."
    FieldKeyChanged = "field-key-changed", Patch, Breaks Breaks:
        "A field has a different name on the wire and keeps its name in Rust."
    FieldTypeChanged = "field-type-changed", Major, Breaks Breaks:
        "The type of a field changed."
    FieldTypeWidened = "field-type-widened", Major, Works MayBreak:
        "A field allows more values than before, so its type changed: from an enum to a string, for example, or from 32 to 64 bits."
    FieldTypeNarrowed = "field-type-narrowed", Major, MayBreak Works:
        "A field allows fewer values than before, so its type changed: from a string to an enum, for example, or from 64 to 32 bits."
    FieldRewrapped = "field-rewrapped", Major, Works Works:
        "The value of a field is held differently: boxed, hidden from `Debug`, or in a type of another name with the same content. Nothing changes on the wire."
    FieldBecameRequired = "field-became-required", Major, Breaks Works:
        "An optional field became required: it is no longer an `Option`, and `new` takes it. Requests without it will fail."
    FieldBecameOptional = "field-became-optional", Major, Works Breaks:
        "A required field became optional: it is now an `Option`, and `new` does not take it. Programs that are not rebuilt cannot read responses without it."
    FieldBecameNullable = "field-became-nullable", Major, Works Breaks:
        "A field can now be null: it is an `Option`, and `new` does not take it."
    FieldBecameNonNull = "field-became-non-null", Major, MayBreak Works:
        "A field can no longer be null: it is no longer an `Option`, and `new` takes it."
    FieldBecameClearable = "field-became-clearable", Major, Works Works:
        "A field of a request can now be null or missing, which mean different things: it is an `Option` in an `Option`."
    FieldNoLongerClearable = "field-no-longer-clearable", Major, MayBreak Works:
        "A field of a request can no longer be both null and missing: it is a single `Option`."
    FieldPresenceChanged = "field-presence-changed", Patch, MayBreak MayBreak:
        "A field that has no value is now null instead of missing, or the other way round. Nothing changes in Rust."
    FieldValueFixed = "field-value-fixed", Major, MayBreak Works:
        "A field can only have one value now and is filled in automatically: `new` no longer takes it."
    FieldValueFreed = "field-value-freed", Major, Works MayBreak:
        "A field that could only have one value, and was filled in automatically, can now have others: `new` takes it."
    FieldFilledInChanged = "field-filled-in-changed", Patch silent, Works Works:
        "A field that `new` left empty is now filled in, or the other way round. Callers compile as before, but send something else."
    FieldSendingChanged = "field-sending-changed", Patch silent, MayBreak Works:
        "A field became `readOnly`, so requests omit it, or is no longer `readOnly`. Callers compile as before, but send something else."
    ConstantValueChanged = "constant-value-changed", Patch silent, Breaks MayBreak:
        "The only value of a field that is filled in automatically changed."
    FieldDefaultChanged = "field-default-changed", Patch silent, MayBreak Works:
        "The service assumes a different value if the field is missing. Callers compile as before, but get a different result."
    FieldDeprecated = "field-deprecated", Minor, Works Works:
        "The field is deprecated, so code that uses it gets a compiler warning."
    FieldUndeprecated = "field-undeprecated", Patch, Works Works:
        "The field is no longer deprecated."
    ConstructorReplaced = "constructor-replaced", Major, Works Works:
        "A struct, or the form of a multipart body, is constructed by `builder` instead of `new`, or the reverse, although its required members are the same: two of them now have the same type, or no longer do. `builder` keeps arguments of one type from being confused."
    ConstructorSwapped = "constructor-swapped", Major silent, Works Works:
        "`new` takes as many arguments as before, but different ones, and each accepts what was meant for the one in its position: calls compile as before and set other fields. This happens when a required member is renamed, and `x-rust-name` does not help: review every call."
    SettersAdded = "setters-added", Minor, Works Works:
        "A struct is now sent in requests, or one of its fields is no longer deprecated: there are chained methods to set its fields."
    SettersRemoved = "setters-removed", Major, Works Works:
        "A struct is no longer sent in requests, or one of its fields is deprecated: the chained methods that set its fields were removed. Assign to the fields instead."
    AdditionalMembersAdded = "additional-members-added", Minor, Works Works:
        "A struct has a new map for all members without a field of their own."
    AdditionalMembersRemoved = "additional-members-removed", Major, MayBreak MayBreak:
        "A struct no longer has a map for members without a field of their own."
    AdditionalMembersChanged = "additional-members-changed", Major, MayBreak MayBreak:
        "The members without a field of their own have a different type."

    // Arrays whose elements have a type each.
    TupleChanged = "tuple-changed", Major, Breaks Breaks:
        "An array with a type for each position changed: the types, the number of elements, or which of them are required."

    // Enumerations.
    EnumValueAdded = "enum-value-added", Minor, Works Works:
        "An enum has a new value. Enums are open: programs that are not rebuilt keep it as `Other`."
    EnumValueRemoved = "enum-value-removed", Major, Breaks Works:
        "A value of an enum was removed, along with its variant."
    EnumVariantRenamed = "enum-variant-renamed", Major, Works Works:
        "A variant of an enum is renamed. To keep the old name, set `x-enum-varnames` in an overlay."
    EnumValueChanged = "enum-value-changed", Patch, Breaks MayBreak:
        "A variant has a different value on the wire."
    ConstantOpened = "constant-opened", Major, Works Works:
        "An enum with one value now has more, so it loses `Default`."
    ConstantClosed = "constant-closed", Minor, Works Works:
        "An enum now has only one value, which becomes its `Default`."

    // Unions.
    AlternativeAdded = "alternative-added", Minor, Works Works:
        "A union has a new alternative. Programs that are not rebuilt keep its values as `Other`."
    AlternativeRemoved = "alternative-removed", Major, Breaks Works:
        "An alternative of a union was removed, along with its variant."
    AlternativeRenamed = "alternative-renamed", Major, Works Works:
        "A variant of a union is renamed and its content is the same. To keep the old name, set `x-rust-name` in an overlay."
    AlternativeChanged = "alternative-changed", Major, Breaks Breaks:
        "A variant of a union holds a different type."
    UnionSelectionChanged = "union-selection-changed", Patch, MayBreak MayBreak:
        "The alternatives of a union are distinguished differently, or have different tags."

    // Requests that the service sends.
    TypeMoved = "type-moved", Major, Works Works:
        "A type that an operation used is now used by webhooks only, so it moved from `types` to `webhooks`, behind the feature of that name; or the other way round."
    WebhookHeaderAdded = "webhook-header-added", Minor, Works Works:
        "A webhook has a further header, which is a new field."
    WebhookRenamed = "webhook-renamed", Major, Works Works:
        "A webhook has a different name in the document and the same body, so its type is renamed."
    WebhookValueChanged = "webhook-value-changed", Patch, MayBreak MayBreak:
        "Webhooks are distinguished by other values. Programs that are not rebuilt do not recognize what the service sends."
    WebhookChoiceAdded = "webhook-choice-added", Minor, Works Works:
        "Webhooks can now be distinguished: there is an enum of all of them."
    WebhookChoiceRemoved = "webhook-choice-removed", Major, MayBreak MayBreak:
        "Webhooks can no longer be distinguished: the enum of all of them was removed."
    WebhookAdded = "webhook-added", Minor, Works Works:
        "The service sends a new webhook, which the module `webhooks` reads."
    WebhookRemoved = "webhook-removed", Major, Works Works:
        "The service no longer sends a webhook: its type was removed."
    WebhookChanged = "webhook-changed", Major, Breaks Breaks:
        "A webhook has a different body, different headers, or a different name in Rust."

    // The service.
    ServerAdded = "server-added", Minor, Works Works:
        "A server was added."
    ServerRemoved = "server-removed", Major, MayBreak MayBreak:
        "A server was removed, along with its constant."
    ServerRenamed = "server-renamed", Major, Works Works:
        "A server has the same URL and a different description, after which its constant is named. To keep the old name, set `x-rust-name` in an overlay."
    ServerChanged = "server-changed", Patch, MayBreak MayBreak:
        "The server of this name has a different URL, or different values of its variables."
    DefaultServerChanged = "default-server-changed", Patch silent, MayBreak MayBreak:
        "The first server of the document changed. Clients that do not choose a server send their requests there without any change to their code."
    ServerVariableAdded = "server-variable-added", Minor, Works Works:
        "The URL of a server has a new variable."
    ServerVariableRemoved = "server-variable-removed", Major, MayBreak MayBreak:
        "A variable of a server's URL was removed, along with the builder's method."
    SecuritySchemeAdded = "security-scheme-added", Minor, Works Works:
        "The builder accepts a new credential."
    SecuritySchemeRemoved = "security-scheme-removed", Major, MayBreak MayBreak:
        "No operation accepts this credential anymore: the builder's method was removed."
    SecuritySchemeRenamed = "security-scheme-renamed", Major, Works Works:
        "A credential has a different name in the document and the same place in requests: the builder's method is renamed."
    SecuritySchemeChanged = "security-scheme-changed", Patch, Breaks Breaks:
        "A credential is sent in a different place, or under a different name."
    SecuritySchemeRetyped = "security-scheme-retyped", Major, Breaks Breaks:
        "A credential was a user name and password and is now a token, or the other way round: the builder's method takes different arguments."
    TagFeaturesAdded = "tag-features-added", Major, Works Works:
        "The document now has more than 100 operations, so its tags have cargo features. They are on by default, but programs with `default-features = false` have to name those that they use. To have features from the start, or never, set `tag-features` in the configuration file."
    TagFeaturesRemoved = "tag-features-removed", Major, Works Works:
        "The document no longer has more than 100 operations, or it has more than 250 tags, so its tags no longer have cargo features. Programs that name them no longer build. To keep the features of a small document, set `tag-features: always` in the configuration file."
    FeatureAdded = "feature-added", Minor, Works Works:
        "The crate has a new cargo feature, for a new tag."
    FeatureRemoved = "feature-removed", Major, Works Works:
        "A cargo feature was removed, because its tag no longer has operations. Programs that name the feature no longer build. To keep the feature of a tag that was renamed, set `tags` under `names` in the configuration file."
    FeatureTypesAdded = "feature-types-added", Minor, Works Works:
        "A cargo feature brings types that it did not bring before, because an operation with its tag now uses them."
    FeatureTypesRemoved = "feature-types-removed", Major, Works Works:
        "A cargo feature no longer brings some types, because no operation with its tag uses them anymore. Programs that name the types and have only this feature no longer compile. The features of other tags still bring them, or `other-types`."
    TrustedHostsChanged = "trusted-hosts-changed", Patch, MayBreak MayBreak:
        "The hosts that absolute URLs may lead to (`x-trusted-hosts`) changed."
    RuntimeAdded = "runtime-added", Minor, Works Works:
        "The document needs a further part of the runtime, which is public."
    RuntimeRemoved = "runtime-removed", Major, Works Works:
        "The document no longer needs a part of the runtime, which is public: multipart bodies, for example. Code that names it no longer compiles."
    InfoChanged = "info-changed", Patch, Works Works:
        "The title or the version of the document changed."
    DocsChanged = "docs-changed", Patch, Works Works:
        "The documentation changed. Callers and programs are not affected."
}
