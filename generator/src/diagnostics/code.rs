/// The severity of a finding.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Nothing can be generated.
    Error,
    /// An operation is omitted or a type is weakened. Can be treated as an error.
    Warning,
    /// For information; nothing is lost. Never treated as an error.
    Note,
}

impl Severity {
    /// `error`, `warning` or `note`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// Declares the codes: the variant, its stable name, its severity, and what `--explain` prints.
macro_rules! codes {
    ($($variant:ident = $name:literal, $severity:ident: $explanation:literal)+) => {
        /// The kind of a finding; each has a fixed severity.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $explanation] $variant,)+
        }

        impl Code {
            /// All codes.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its stable name, as printed, such as `unresolved-reference`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Its severity.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)+ }
            }

            /// What it means and what to do about it, in one paragraph.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $explanation,)+ }
            }
        }
    };
}

impl Code {
    /// The code of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

codes! {
    // Reading.
    Syntax = "syntax", Error:
        "The file is neither JSON nor YAML. A file that starts with `{` is parsed as JSON (RFC 8259), any other as YAML 1.2. The position is where the parser stopped; the mistake may be slightly before it."
    TooDeep = "too-deep", Error:
        "Values are nested more than 128 levels deep. Real documents are not, and following them further could exhaust the stack."
    AliasExpansion = "alias-expansion", Error:
        "The YAML aliases (`*name`) in the file expand to many times its size. A small file can describe gigabytes this way, so expansion stops here. Use `$ref` for large values."
    NotAMapping = "not-a-mapping", Error:
        "An OpenAPI document or overlay must be a mapping with `openapi`, `info`, `paths` and so on. This file is empty, a list, or a single value; perhaps it is the wrong file."
    UnsupportedVersion = "unsupported-version", Error:
        "The member `openapi` selects the version: 3.0, 3.1 and 3.2 are supported. Swagger 2.0 describes bodies and responses differently: convert such a document first, for example with `npx swagger2openapi` or at converter.swagger.io."
    DuplicateKey = "duplicate-key", Warning:
        "A mapping contains the same key twice. YAML 1.2 forbids this and JSON leaves its meaning open. The last value is used and the others are lost."
    UnknownTag = "unknown-tag", Note:
        "The value has a YAML tag (`!name`) that the core schema of YAML 1.2 does not define. The tag is ignored and the value is read as if it had none. Tags never include other files."

    InvalidConfig = "invalid-config", Error:
        "The configuration file has an unknown member, a value of the wrong type, or a name for something that the document does not contain. `--help` shows an example of the file."

    StaleException = "stale-exception", Warning:
        "An entry of the ignore file has expired or matches no change, so it has no effect. Remove it, or set a new date after reviewing the change."

    NothingSelected = "nothing-selected", Error:
        "A pattern that selects operations (`--only`, `--exclude`) matches none, the patterns together leave none, or a remaining operation refers to one that was excluded. A pattern is a path (`/files/*`), a method, a method and a path, `tag:` and a tag, or `id:` and an `operationId`; `*` matches any text. Patterns apply after overlays."

    // Overlays.
    OverlayInvalid = "overlay-invalid", Error:
        "The overlay does not conform to the OpenAPI Overlay Specification 1.0: it needs `overlay: 1.0.0`, `info` with `title` and `version`, and `actions`, each with a `target` (JSONPath, RFC 9535) and `update` or `remove`."
    OverlayNoMatch = "overlay-no-match", Error:
        "The target of an overlay action matches nothing: the document has changed, or the target was always wrong. This is an error because a correction would otherwise be lost silently."

    OverlayUnexpected = "overlay-unexpected", Error:
        "The document is not what an overlay action expects. Either its `x-expect` lists members that the target lacks or has with other values (null means that a member must be absent), or the action adds a description or constraints to a property that does not exist, which would create a property of any type. The document has changed: review the action."
    OverlaySuperfluous = "overlay-superfluous", Note:
        "An overlay action changes nothing because the document already says the same. Remove the action."

    // The document's shape.
    RepairedValue = "repaired-value", Warning:
        "A value is not what this version of OpenAPI allows. The smallest unreadable part was replaced or ignored, as the message says; everything around it is used."
    CoercedValue = "coerced-value", Note:
        "A value has the wrong type but its meaning is clear: `\"true\"` for `true`, an unquoted number for a string, one element for a list of one. It was converted."
    NullValue = "null-value", Note:
        "`null` has no meaning here in OpenAPI 3.0. The member is treated as absent."
    NewerKeyword = "newer-keyword", Note:
        "A keyword from OpenAPI 3.1 or JSON Schema, or an older spelling, has an exact equivalent in OpenAPI 3.0 and was read as that. Nothing is lost, but other tools may reject the document."
    OlderKeyword = "older-keyword", Note:
        "A keyword of OpenAPI 3.0 is used in a document of a later version, which has a different form for it: `type: [string, \"null\"]` instead of `nullable: true`, a number instead of a boolean `exclusiveMinimum`. It is read as in OpenAPI 3.0 and reported once, where it is first used."
    UnknownDialect = "unknown-dialect", Note:
        "`jsonSchemaDialect` names a dialect of JSON Schema that this generator does not know. Schemas are read as JSON Schema 2020-12, the dialect of OpenAPI 3.1 and 3.2."
    UnknownKeyword = "unknown-keyword", Note:
        "This version of OpenAPI defines no such member here, so it has no effect. Often it is a typo, or belongs one level higher or lower. Extensions start with `x-`."
    IgnoredKeyword = "ignored-keyword", Note:
        "The keyword is valid, but has no effect on a client: links, for example, describe what may be called next, and `not` cannot be expressed as a Rust type. Headers and styles of form parts (`encoding`) are not supported: parts are sent without them."
    MissingMember = "missing-member", Note:
        "OpenAPI requires this member, but the generator can do without it. It is treated as empty."
    InvalidPath = "invalid-path", Warning:
        "A key of `paths` must start with a slash, and its braces must be balanced and name each parameter once."
    InvalidStatus = "invalid-status", Warning:
        "A key of `responses` must be `default`, a status from 100 to 599, or a range such as `4XX`. The response is ignored."
    UnreadableDocument = "unreadable-document", Error:
        "Something outside `paths` and `components` is not valid OpenAPI, and repairs did not help. Please report this with the document: it is a bug in the generator."
    OmittedComponent = "omitted-component", Warning:
        "This part of the document could not be read even after repairs and was omitted. References to it are reported where they are."
    OmittedOperation = "omitted-operation", Warning:
        "No method is generated for this operation, because something it requires is missing or not supported. Everything else is generated."

    // References.
    UnresolvedReference = "unresolved-reference", Warning:
        "A `$ref` does not resolve in this document, or resolves to an object of a different kind. It must be a URI fragment with a JSON pointer (RFC 6901), such as `#/components/schemas/Pet`. Names are case-sensitive; `/` is written `~1` and `~` is written `~0`."
    CircularReference = "circular-reference", Warning:
        "A `$ref` refers back to itself with nothing in between, so it has no meaning. A schema may contain itself in a property or in its items, but may not be itself."
    TooComplex = "too-complex", Warning:
        "The document exceeds a limit that protects against documents whose output would be unbounded, and that real documents do not reach. Schemas: at most 128 that build on one another by `allOf`, `oneOf`, `anyOf` or references, and 2,000 types made by combining them; anything beyond becomes any JSON value. Objects: the first 1,000 properties become fields, because rustc cannot compile larger structs, and the rest goes into a map. Unions: more than 1,000 alternatives become any JSON value. Headers, form parts and parameters beyond the first 1,000 of an operation, and alternatives of `security` beyond the first 100, are omitted. Names are limited to 2,000 characters, and titles and versions are truncated to 1,000 for cargo. References that expand to many times the size of the document become any JSON value, lose their description, or are omitted."
    ExternalReference = "external-reference", Warning:
        "A `$ref` points to a URL, or to a file that does not exist or must not be read. URLs are not fetched: save the target next to the document and refer to it with a relative path. Files are read only in the directory of the document, or the one given by `--root`, after symbolic links are resolved, so that a document cannot expose other files. The library reads what `Input::files` returns."

    // Names.
    MissingOperationId = "missing-operation-id", Note:
        "The operation has no `operationId`. Its method is named after the HTTP method and the path, and is renamed when they change."
    DuplicateOperationId = "duplicate-operation-id", Warning:
        "Two operations have the same `operationId`, which must be unique in the document. The second is renamed; give it an id of its own."
    InvalidOperationId = "invalid-operation-id", Warning:
        "This `operationId` contains no letter or digit to make a Rust name of. The HTTP method and the path are used instead."
    NameCollision = "name-collision", Note:
        "Two parts of the document would get the same Rust name, such as `user_id` and `userId`, or a name that the generated crate uses itself. The second gets a number or a suffix, as the message says, which may change when others are added. To fix it, set a name with `names` in the configuration file or `x-rust-name` in an overlay. If several files or documents define different things of one name, the first document keeps it, and the others are prefixed with the names of their files or directories."
    InvalidName = "invalid-name", Note:
        "This name contains no letter or digit to make a Rust name of. Another name is used, as the message says; set one with `names` in the configuration file or `x-rust-name` in an overlay."

    // Parameters.
    UndeclaredPathParameter = "undeclared-path-parameter", Warning:
        "The path has a parameter in braces that is not declared with `in: path`. It is treated as a required string."
    UnusedPathParameter = "unused-path-parameter", Warning:
        "A parameter with `in: path` does not occur in the path. It is ignored."
    DuplicateParameter = "duplicate-parameter", Warning:
        "A list of parameters contains the same name and `in` twice. The second is ignored. A parameter of an operation that overrides one of its path is not a duplicate."
    IgnoredParameter = "ignored-parameter", Note:
        "OpenAPI says that header parameters named `Accept`, `Content-Type` and `Authorization` are ignored: bodies and security schemes determine them."
    UnsupportedParameterStyle = "unsupported-parameter-style", Warning:
        "The combination of `style`, `explode` and the type of the parameter is undefined in OpenAPI (section Style Values), or not supported by this generator."

    // Bodies and responses.
    UnsupportedMediaType = "unsupported-media-type", Note:
        "A response with several media types is requested in the most expressive one (JSON, then events, text, bytes) and in every other one with the same schema; media types of another type have a method each (`.csv()`). This one has no method: it has the schema of the first in another notation, belongs to an error, is not a valid media type, or is one of more than 16. To read it, set the header `Accept` of the request and take the body from the decoding error. For a request body, the media type is a range (`image/*`), and the body is sent as JSON, text or bytes according to its schema; to send another type, set the header `Content-Type` of the request."
    MissingResponse = "missing-response", Warning:
        "The operation declares no success response. Any 2xx status is accepted and its body is not read."

    InvalidPagination = "invalid-pagination", Warning:
        "The extension `x-pagination` has an unknown member, or names a parameter or a response member that does not exist. The operation gets a method `stream` only if everything in the extension can be applied; the generator's README describes its members."

    IndistinctWebhooks = "indistinct-webhooks", Note:
        "The document has several webhooks or callbacks that cannot be told apart: no required member of the body, and no header, has distinct values (`const` or `enum`). Each has a type with a function that reads it from a request, but there is no enum of all of them."

    // Schemas.
    InvalidSchema = "invalid-schema", Warning:
        "The schema contradicts OpenAPI, and its meaning is unclear. Any JSON value is accepted in its place."
    UnsatisfiableSchema = "unsatisfiable-schema", Warning:
        "No value satisfies this schema: it has an empty `enum` or `oneOf`, for example, or contradictory bounds."
    ConflictingAllOf = "conflicting-all-of", Warning:
        "The members of `allOf` contradict each other: they have different types, for example, or define the same property with different types. The message says which one is used."
    EndlessUnion = "endless-union", Error:
        "Every member of this `oneOf` or `anyOf` refers back to the schema that contains it, so it describes no value. A member may contain the union in a property or in its items, but may not be the union."
    AmbiguousUnion = "ambiguous-union", Warning:
        "Two members of this `oneOf` or `anyOf` cannot be told apart: they have the same JSON type and no distinguishing property, constant or property type; or the first one accepts everything that the second does. The first that decodes is used. Or nothing distinguishes a member well enough to name it; add a `title`."
    OverlappingUnion = "overlapping-union", Warning:
        "A value may match two members of this `anyOf` at once, each with properties that the other lacks, and the members cannot become one struct: they have different schemas for the same property, or something distinguishes one of them from the others. The Rust type holds one member; a value that has properties of several is `Other`, as JSON, so that nothing of it is lost. A request sends the properties of one, or `Other`. If a value always matches exactly one, use `oneOf`; if always both, `allOf`; if perhaps both, a single object with optional properties."
    InvalidDiscriminator = "invalid-discriminator", Warning:
        "The `discriminator` maps a value to something that is not a schema, or not a member of the union: this mapping is ignored; the others are used. Or two members declare the same value for it: all members are told apart by their properties."
    InvalidDefault = "invalid-default", Note:
        "The `default` does not match its own schema: it has another type, or is not listed in `enum`. It is omitted from the documentation."
    InvalidExample = "invalid-example", Note:
        "The example does not match its own schema. It is omitted from the documentation."
    WeakenedType = "weakened-type", Warning:
        "The schema says more than a Rust type can express, so a wider type is used, as the message says. Values that the schema forbids will be accepted."

    // Servers and security.
    InvalidServer = "invalid-server", Warning:
        "The URL of the server is invalid after its variables are filled in, or a variable is not declared or has no default. The server is omitted."
    UnknownSecurityScheme = "unknown-security-scheme", Warning:
        "The requirement names a security scheme that `components/securitySchemes` does not declare. No credential can be sent for it."
    UnsupportedSecurityScheme = "unsupported-security-scheme", Warning:
        "The security scheme is not `apiKey`, `http` (basic or bearer), `oauth2` or `openIdConnect`. Set the header yourself, or use a transport that does."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_kebab_case() {
        for (place, code) in Code::ALL.iter().enumerate() {
            let name = code.name();
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
            assert_eq!(Code::from_name(name), Some(Code::ALL[place]), "{name} is there twice");
            assert!(code.explanation().ends_with('.'), "{name} is explained in sentences");
        }
    }
}
