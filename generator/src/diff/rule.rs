use super::verdict::{Bump, Usage, Wire};

/// Declares the rules: the variant, its stable name, its verdicts, and what `--explain` prints. The verdict on the
/// wire is that of a value in a request, then that of a value in an answer.
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

    /// Its verdicts in words: `crate: major, wire: breaks in requests, works in answers`.
    #[must_use]
    pub fn verdicts(self) -> String {
        let (sent, received) = self.wires();
        let wire = match sent == received {
            true => sent.name().to_owned(),
            false => format!("{} in requests, {} in answers", sent.name(), received.name()),
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
        "There is a new operation, and a method for it."
    OperationRemoved = "operation-removed", Major, Breaks Breaks:
        "An operation is gone, with its method and its request. Requests to it will fail."
    OperationRenamed = "operation-renamed", Major, Works Works:
        "The operation at this method and path has another `operationId`, so its method and the types of its request have other names. Nothing changes on the wire. `operationId` in an overlay, or `names` in the configuration file, keeps the old name."
    OperationNameReused = "operation-name-reused", Major silent, Works Works:
        "The operation at this method and path has another `operationId`, and its old one now belongs to another operation: calls by the old name may still compile, and send another request. `operationId` in an overlay keeps the old names."
    OperationMoved = "operation-moved", Major, Works Works:
        "The operation's first tag has changed, or the document now has enough operations to be grouped by tags, so its method belongs to another part of the client. Nothing changes on the wire. `tags` in an overlay keeps it where it was."
    OperationPathChanged = "operation-path-changed", Patch, Breaks Breaks:
        "The operation of this name has another method or path. Callers compile as before; programs that are not built anew ask the old place."
    OperationDeprecated = "operation-deprecated", Minor, Works Works:
        "The operation is deprecated, so callers get a warning from the compiler."
    OperationUndeprecated = "operation-undeprecated", Patch, Works Works:
        "The operation is no longer deprecated."
    OperationServerChanged = "operation-server-changed", Patch, MayBreak MayBreak:
        "The operation goes to another server."
    SecurityTightened = "security-tightened", Patch, Breaks Breaks:
        "None of the credentials that the operation took is enough any more."
    SecurityChanged = "security-changed", Patch, MayBreak MayBreak:
        "Some of the credentials that the operation took are not enough any more."
    SecurityRelaxed = "security-relaxed", Patch, Works Works:
        "The operation takes other credentials as well, or none. What was enough still is."

    // Parameters, and parts of forms.
    RequiredParameterAdded = "required-parameter-added", Major, Breaks Breaks:
        "A request needs another parameter or part of a form, so the method or `new` takes another argument. Requests without it will fail."
    OptionalParameterAdded = "optional-parameter-added", Minor, Works Works:
        "A request can have another parameter or part of a form."
    ParameterRemoved = "parameter-removed", Major, MayBreak MayBreak:
        "A parameter or a part of a form is gone, with the argument or the method that set it. A service may ignore or refuse it."
    ParameterBecameRequired = "parameter-became-required", Major, Breaks Breaks:
        "A request cannot do without the parameter any more, so it is an argument and no longer a method of the request. Requests without it will fail."
    ParameterBecameOptional = "parameter-became-optional", Major, Works Works:
        "A request can do without the parameter, so it is a method of the request and no longer an argument."
    ParameterRenamed = "parameter-renamed", Major, Works Works:
        "The method that sets the parameter has another name. Nothing changes on the wire."
    ParameterTypeChanged = "parameter-type-changed", Major, Breaks Breaks:
        "The parameter's values are of another type."
    ParameterTypeWidened = "parameter-type-widened", Major, Works Works:
        "The parameter takes more values than before, by another type: a text in place of an enumeration, 64 bits in place of 32."
    ParameterTypeNarrowed = "parameter-type-narrowed", Major, MayBreak MayBreak:
        "The parameter takes fewer values than before, by another type: an enumeration in place of a text, 32 bits in place of 64."
    ParameterMoved = "parameter-moved", Patch, Breaks Breaks:
        "The parameter stands in another part of the request: in a header and no longer in the query, say."
    ParameterStyleChanged = "parameter-style-changed", Patch, MayBreak MayBreak:
        "The values of the parameter are written in another way (`style`, `explode`, `allowReserved`, or the content type of a part of a form). It matters for lists and objects."
    ParameterDefaultChanged = "parameter-default-changed", Patch silent, MayBreak MayBreak:
        "The service assumes another value where the parameter is not sent. Callers compile as before, and get something else."
    ParameterDeprecated = "parameter-deprecated", Minor, Works Works:
        "The parameter is deprecated, so those who set it get a warning from the compiler."
    ParameterUndeprecated = "parameter-undeprecated", Patch, Works Works:
        "The parameter is no longer deprecated."
    ArgumentsSwapped = "arguments-swapped", Major silent, Works Works:
        "A method, or `new` of a form, takes other arguments than before, as many of them, and each accepts what was meant for the one in its place: calls compile as before, and send the values under other names. It happens where a required parameter is renamed; one that only stands elsewhere in the document changes nothing, because arguments are in the order of the path, then of their names. Go through every call."

    // Bodies.
    RequiredBodyAdded = "required-body-added", Major, Breaks Breaks:
        "The operation needs a body now, so its method takes another argument."
    OptionalBodyAdded = "optional-body-added", Minor, Works Works:
        "The operation can have a body now."
    BodyRemoved = "body-removed", Major, MayBreak MayBreak:
        "The operation has no body any more."
    BodyBecameRequired = "body-became-required", Major, Breaks Breaks:
        "A request cannot do without its body any more, so it is an argument and no longer a method of the request."
    BodyBecameOptional = "body-became-optional", Major, Works Works:
        "A request can do without its body, so it is a method of the request and no longer an argument."
    BodyTypeChanged = "body-type-changed", Major, Breaks Breaks:
        "The body is of another type, or of another kind: bytes in place of JSON, say."
    BodyTypeRenamed = "body-type-renamed", Major, Works Works:
        "The body is of a type of another name or another wrapping, that is written as before."
    BodyMediaTypeChanged = "body-media-type-changed", Patch, MayBreak MayBreak:
        "The body is sent with another `Content-Type`."
    BodyChoiceAdded = "body-choice-added", Minor, Works Works:
        "The body can be of another media type as well."
    BodyChoiceRemoved = "body-choice-removed", Major, Breaks Breaks:
        "One of several media types that the body could have is gone, with its variant."
    BodyBecameChoice = "body-became-choice", Major, Works Works:
        "The body had one media type and has several now, so the method takes an enumeration."
    BodyChoiceSettled = "body-choice-settled", Major, MayBreak MayBreak:
        "The body had several media types and has one now, so the method takes what the one variant held."

    // Answers.
    ResponseTypeChanged = "response-type-changed", Major, Breaks Breaks:
        "The answer is of another type, or of another kind: a stream of bytes in place of JSON, say."
    ResponseTypeRenamed = "response-type-renamed", Major, Works Works:
        "The answer is of a type of another name or another wrapping, that is read as before."
    ResponseBodyAdded = "response-body-added", Major, Works Works:
        "An answer that had no body has one now, so the operation gives a value and no longer `()`."
    ResponseStatusAdded = "response-status-added", Minor, MayBreak MayBreak:
        "There is another successful answer beside the others, and a variant for it. Programs that are not built anew take its status for an error."
    ResponseStatusRemoved = "response-status-removed", Major, Works Works:
        "One of several successful answers is gone, with its variant."
    ResponseStatusChanged = "response-status-changed", Patch, MayBreak MayBreak:
        "The successful answer has another status."
    ResponseBecameSeveral = "response-became-several", Major, MayBreak MayBreak:
        "The operation had one successful answer and has several now, or has headers in place of a body, so it gives a type of its own."
    ResponseBecameOne = "response-became-one", Major, Works Works:
        "The operation had several successful answers, or headers in place of a body, and has one now, so it gives that one's body."
    ResponseHeaderAdded = "response-header-added", Minor, Works Works:
        "There is another field for a header of the answer."
    ResponseHeaderRemoved = "response-header-removed", Major, MayBreak MayBreak:
        "A header of the answer is gone, with its field."
    ResponseHeaderChanged = "response-header-changed", Major, MayBreak MayBreak:
        "The field for a header of the answer has another type or name."
    ResponseVariantChanged = "response-variant-changed", Major, Works Works:
        "One of several answers has its first header, or has lost its last one, or has another one: its variant has other fields, and code that takes it apart no longer compiles."
    ResponseMediaTypeChanged = "response-media-type-changed", Patch, MayBreak MayBreak:
        "The operation asks for answers of other media types (`Accept`)."
    ResponseChoiceAdded = "response-choice-added", Minor, Works Works:
        "The operation can also answer in another media type with another type: the request has another method to ask for it."
    ResponseChoiceRemoved = "response-choice-removed", Major, Breaks Breaks:
        "The operation no longer answers in one of several media types with types of their own: the request's method that asked for it is gone."
    ErrorTypeChanged = "error-type-changed", Major, MayBreak MayBreak:
        "The body of the operation's errors is of another type. Programs that are not built anew still get the error, perhaps without its body."
    ErrorStatusAdded = "error-status-added", Minor, Works Works:
        "There is another status among the errors that differ by status, and a variant for it."
    ErrorStatusRemoved = "error-status-removed", Major, Works Works:
        "A status is gone from the errors that differ by status, with its variant."
    ErrorRestChanged = "error-rest-changed", Patch, Works Works:
        "There is a `default` answer beside others, or no more: errors of statuses that the document does not name are read in another way."

    // Lists in pages.
    PaginationAdded = "pagination-added", Minor, Works Works:
        "The answer is recognized as a page of a list, so the request has a method `stream`."
    PaginationRemoved = "pagination-removed", Major, Works Works:
        "The answer is no longer recognized as a page of a list, so the request's method `stream` is gone. The extension `x-pagination` says how the list is paged."
    PaginationItemChanged = "pagination-item-changed", Major, MayBreak MayBreak:
        "The items that the method `stream` gives are of another type."
    PaginationChanged = "pagination-changed", Patch, MayBreak MayBreak:
        "What leads from a page to the next one has changed."

    // Types.
    TypeAdded = "type-added", Minor, Works Works:
        "There is a new type."
    TypeRemoved = "type-removed", Major, Works Works:
        "A type is gone. What it does to requests and answers is reported where it was used."
    TypeRenamed = "type-renamed", Major, Works Works:
        "A type has another name and the same content. Nothing changes on the wire. `x-rust-name` in an overlay, or `names` in the configuration file, keeps the old name."
    TypeKindChanged = "type-kind-changed", Major, Breaks Breaks:
        "A type is of another kind: an enumeration in place of a struct, say."
    TypeChanged = "type-changed", Major, Breaks Breaks:
        "What a type stands for is of another type."
    TypeWidened = "type-widened", Major, Works MayBreak:
        "What a type stands for allows more values than before, by another type."
    TypeNarrowed = "type-narrowed", Major, MayBreak Works:
        "What a type stands for allows fewer values than before, by another type."
    TypeRewrapped = "type-rewrapped", Major, Works Works:
        "What a type stands for is held in another way: boxed, or hidden from `Debug`. Nothing changes on the wire."
    TypeDeprecated = "type-deprecated", Minor, Works Works:
        "The type is deprecated, so its users get a warning from the compiler."
    TypeUndeprecated = "type-undeprecated", Patch, Works Works:
        "The type is no longer deprecated."

    // Fields.
    FieldAdded = "field-added", Minor, Works Works:
        "A struct has another field that may be missing. Structs are `#[non_exhaustive]`, so nobody has to name it."
    RequiredFieldAdded = "required-field-added", Major, Breaks Works:
        "A struct has another field that is always there, so `new` takes another argument, and a struct whose first such field it is has no `Default` any more. Where requests send it, those without it will fail; answers with it are read as before."
    FilledFieldAdded = "filled-field-added", Minor, Breaks Works:
        "A struct has another field that requests need and that fills itself in: it is null, or has the one value that the document allows. Requests of programs that are not built anew lack it."
    FieldRemoved = "field-removed", Major, MayBreak MayBreak:
        "A field that could be missing is gone. A service may ignore or refuse it in requests; in answers it will be missing."
    RequiredFieldRemoved = "required-field-removed", Major, MayBreak Breaks:
        "A field that was always there is gone, so `new` takes an argument less. Answers without it cannot be read by programs that are not built anew."
    FieldRenamed = "field-renamed", Major, Works Works:
        "A field has another name in Rust and the same one on the wire. `x-rust-name` in an overlay keeps the old one."
    FieldKeyChanged = "field-key-changed", Patch, Breaks Breaks:
        "A member has another name on the wire, which gives the same name in Rust."
    FieldTypeChanged = "field-type-changed", Major, Breaks Breaks:
        "A field is of another type."
    FieldTypeWidened = "field-type-widened", Major, Works MayBreak:
        "A field allows more values than before, by another type: a text in place of an enumeration, 64 bits in place of 32."
    FieldTypeNarrowed = "field-type-narrowed", Major, MayBreak Works:
        "A field allows fewer values than before, by another type: an enumeration in place of a text, 32 bits in place of 64."
    FieldRewrapped = "field-rewrapped", Major, Works Works:
        "A field holds its value in another way: boxed, or hidden from `Debug`. Nothing changes on the wire."
    FieldBecameRequired = "field-became-required", Major, Breaks Works:
        "A field that could be missing is always there: it is no `Option` any more, and `new` takes it. Requests without it will fail."
    FieldBecameOptional = "field-became-optional", Major, Works Breaks:
        "A field that was always there may be missing: it is an `Option`, and `new` does not take it. Answers without it cannot be read by programs that are not built anew."
    FieldBecameNullable = "field-became-nullable", Major, Works Breaks:
        "A field that always had a value may be null: it is an `Option`, and `new` does not take it."
    FieldBecameNonNull = "field-became-non-null", Major, MayBreak Works:
        "A field that could be null always has a value: it is no `Option` any more, and `new` takes it."
    FieldBecameClearable = "field-became-clearable", Major, Works Works:
        "A field of a request may be null as well as missing, which are told apart: it is an `Option` in an `Option`."
    FieldNoLongerClearable = "field-no-longer-clearable", Major, MayBreak Works:
        "A field of a request may not be null and missing both any more: it is an `Option`."
    FieldPresenceChanged = "field-presence-changed", Patch, MayBreak MayBreak:
        "An `Option` that could be missing is now null where there is no value, or the other way round. Nothing changes in Rust."
    FieldValueFixed = "field-value-fixed", Major, MayBreak Works:
        "A field has one value only, which fills itself in: `new` does not take it any more."
    FieldValueFreed = "field-value-freed", Major, Works MayBreak:
        "A field that had one value only, and filled itself in, can have others: `new` takes it."
    FieldFilledInChanged = "field-filled-in-changed", Patch silent, Works Works:
        "A field that `new` left empty is filled in by it, or the other way round. Callers compile as before, and send something else."
    FieldSendingChanged = "field-sending-changed", Patch silent, MayBreak Works:
        "A field is `readOnly` now, so requests leave it out, or is no longer. Callers compile as before, and send something else."
    ConstantValueChanged = "constant-value-changed", Patch silent, Breaks MayBreak:
        "The one value of a field that fills itself in is another one."
    FieldDefaultChanged = "field-default-changed", Patch silent, MayBreak Works:
        "The service assumes another value where the field is missing. Callers compile as before, and get something else."
    FieldDeprecated = "field-deprecated", Minor, Works Works:
        "The field is deprecated, so its users get a warning from the compiler."
    FieldUndeprecated = "field-undeprecated", Patch, Works Works:
        "The field is no longer deprecated."
    ConstructorSwapped = "constructor-swapped", Major silent, Works Works:
        "`new` takes other arguments than before, as many of them, and each accepts what was meant for the one in its place: calls compile as before, and set other fields. It happens where a required member is renamed. `x-rust-name` does not help: go through every call."
    SettersAdded = "setters-added", Minor, Works Works:
        "Requests send a struct that they did not, or a field of one is no longer deprecated: there are methods that set its fields one behind the other."
    SettersRemoved = "setters-removed", Major, Works Works:
        "Requests no longer send a struct, or a field of one is deprecated: the methods that set its fields one behind the other are gone. Assign to the fields."
    AdditionalMembersAdded = "additional-members-added", Minor, Works Works:
        "A struct has a map of all members that have no field of their own."
    AdditionalMembersRemoved = "additional-members-removed", Major, MayBreak MayBreak:
        "A struct no longer has a map of all members that have no field of their own."
    AdditionalMembersChanged = "additional-members-changed", Major, MayBreak MayBreak:
        "The members that have no field of their own are of another type."

    // Arrays whose elements have a type each.
    TupleChanged = "tuple-changed", Major, Breaks Breaks:
        "The elements of an array that have a type each are others, or more or fewer of them, or may be missing where they were always there."

    // Enumerations.
    EnumValueAdded = "enum-value-added", Minor, Works Works:
        "An enumeration has another value. Enumerations are open: programs that are not built anew keep it as `Other`."
    EnumValueRemoved = "enum-value-removed", Major, Breaks Works:
        "A value of an enumeration is gone, with its variant."
    EnumVariantRenamed = "enum-variant-renamed", Major, Works Works:
        "A value of an enumeration has another name in Rust. `x-enum-varnames` in an overlay keeps the old one."
    EnumValueChanged = "enum-value-changed", Patch, Breaks MayBreak:
        "A variant stands for another value on the wire."
    ConstantOpened = "constant-opened", Major, Works Works:
        "An enumeration of one value has more of them, so it has no `Default` any more."
    ConstantClosed = "constant-closed", Minor, Works Works:
        "An enumeration has one value only, so that is its `Default`."

    // Unions.
    AlternativeAdded = "alternative-added", Minor, Works Works:
        "A union has another alternative. Programs that are not built anew keep its values as `Other`."
    AlternativeRemoved = "alternative-removed", Major, Breaks Works:
        "An alternative of a union is gone, with its variant."
    AlternativeRenamed = "alternative-renamed", Major, Works Works:
        "A variant of a union has another name and the same content. `x-rust-name` in an overlay keeps the old one."
    AlternativeChanged = "alternative-changed", Major, Breaks Breaks:
        "A variant of a union holds another type."
    UnionSelectionChanged = "union-selection-changed", Patch, MayBreak MayBreak:
        "The alternatives of a union are told apart in another way, or have other tags."

    // Requests that the service sends.
    WebhookAdded = "webhook-added", Minor, Works Works:
        "The service sends another webhook, which the module `webhooks` reads."
    WebhookRemoved = "webhook-removed", Major, Works Works:
        "The service no longer sends a webhook: its type is gone."
    WebhookChanged = "webhook-changed", Major, Breaks Breaks:
        "A webhook has another body, other headers, or another name in Rust."

    // The service.
    ServerAdded = "server-added", Minor, Works Works:
        "There is another server."
    ServerRemoved = "server-removed", Major, MayBreak MayBreak:
        "A server is gone, with its constant."
    ServerChanged = "server-changed", Patch, MayBreak MayBreak:
        "A server of this name has another URL, or other values of its variables."
    DefaultServerChanged = "default-server-changed", Patch silent, MayBreak MayBreak:
        "The document's first server is another one. Clients that choose none go there without a change."
    ServerVariableAdded = "server-variable-added", Minor, Works Works:
        "The URL of a server has another variable."
    ServerVariableRemoved = "server-variable-removed", Major, MayBreak MayBreak:
        "A variable of a server's URL is gone, with the builder's method."
    SecuritySchemeAdded = "security-scheme-added", Minor, Works Works:
        "The builder takes another credential."
    SecuritySchemeRemoved = "security-scheme-removed", Major, MayBreak MayBreak:
        "No operation takes this credential any more: the builder's method is gone."
    SecuritySchemeRenamed = "security-scheme-renamed", Major, Works Works:
        "A credential has another name in the document, and the same place in requests: the builder's method has another name."
    SecuritySchemeChanged = "security-scheme-changed", Patch, Breaks Breaks:
        "A credential stands in another place of the request, or under another name."
    SecuritySchemeRetyped = "security-scheme-retyped", Major, Breaks Breaks:
        "A credential was a user's name and password and is a token now, or the other way round: the builder's method takes other arguments."
    TrustedHostsChanged = "trusted-hosts-changed", Patch, MayBreak MayBreak:
        "The hosts that absolute URLs may lead to (`x-trusted-hosts`) are others."
    RuntimeAdded = "runtime-added", Minor, Works Works:
        "The document needs another part of the runtime, which is public."
    RuntimeRemoved = "runtime-removed", Major, Works Works:
        "The document no longer needs a part of the runtime, which is public: multipart bodies, say. Callers that named it themselves no longer compile."
    InfoChanged = "info-changed", Patch, Works Works:
        "The document has another title or version."
    DocsChanged = "docs-changed", Patch, Works Works:
        "The documentation says something else. Callers and programs are not affected."
}
