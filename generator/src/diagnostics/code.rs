/// How bad a finding is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Nothing sensible can be emitted.
    Error,
    /// It costs an operation or weakens a type. Can be made fatal.
    Warning,
    /// Worth knowing; nothing is lost. Never fatal.
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
        /// What kind of finding it is; each has one severity.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $explanation] $variant,)+
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its stable name, as printed: `unresolved-reference`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// How bad it is.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)+ }
            }

            /// What it means and what to do, in one paragraph.
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
        "The file is neither JSON nor YAML. A file that starts with `{` is read as JSON (RFC 8259), any other as YAML 1.2. The position is where reading stopped; the mistake may be a little before it."
    TooDeep = "too-deep", Error:
        "Values are nested deeper than 128 levels. No real document is, and following it further could exhaust the stack."
    AliasExpansion = "alias-expansion", Error:
        "The YAML aliases (`*name`) of the file expand to many times its size. A small file can stand for gigabytes that way, so it is not followed further. Use `$ref` instead of aliases for what is large."
    NotAMapping = "not-a-mapping", Error:
        "An OpenAPI document, and an overlay, is a mapping: `openapi`, `info`, `paths` and so on. This file is empty, a list, or a single value; perhaps it is another file than was meant."
    UnsupportedVersion = "unsupported-version", Error:
        "OpenAPI 3.0, 3.1 and 3.2 are understood, by what the member `openapi` says. Swagger 2.0 describes bodies and responses in other ways: convert such a document first, for instance by `npx swagger2openapi` or at converter.swagger.io. Later versions are not known yet."
    DuplicateKey = "duplicate-key", Warning:
        "A mapping has the same key twice. YAML 1.2 forbids it and JSON leaves open what it means. The last one counts, and what stands under the others is lost."
    UnknownTag = "unknown-tag", Note:
        "The value has a YAML tag (`!name`) that the core schema of YAML 1.2 does not know. The tag is left out and the value read as if it stood alone. Nothing is included from other files."

    InvalidConfig = "invalid-config", Error:
        "The configuration file has a member that means nothing, or one of the wrong kind, or names something that the document does not have. It knows `name` and `version`, the package name and the version of the emitted crate, `unused-types`, and `names`: what types, fields, methods and modules are to be called. `--help` has an example."

    StaleException = "stale-exception", Warning:
        "An entry of the file of changes to ignore is past its last day, so it does nothing any more; or no change matches it. Remove it, or give it another day after a look at the change."

    NothingSelected = "nothing-selected", Error:
        "A pattern that chooses operations (`--only`, `--exclude`) matches none, or together they leave none, or what is left refers to an operation that is not. A pattern is a path (`/files/*`), a method, a method and a path, `tag:` and a tag, or `id:` and an `operationId`; `*` stands for any text. They look at the document with its overlays applied."

    // Overlays.
    OverlayInvalid = "overlay-invalid", Error:
        "The overlay does not follow the OpenAPI Overlay Specification 1.0: it needs `overlay: 1.0.0`, `info` with `title` and `version`, and `actions`, each with a `target` (JSONPath, RFC 9535) and `update` or `remove`."
    OverlayNoMatch = "overlay-no-match", Error:
        "The target of an overlay's action matches nothing in the document. The document has changed since, or the target was never right. An action that does nothing would hide that a correction is missing, so it is an error."

    OverlayUnexpected = "overlay-unexpected", Error:
        "The document is not what an overlay's action expects: its extension `x-expect` names members that the target does not have, or has with another value (null stands for a member that must not be there); or the action gives words or limits to a property that the document does not have, which would make a new one of any type. The document has changed: look at the action again."
    OverlaySuperfluous = "overlay-superfluous", Note:
        "An overlay's action changes nothing, because the document says the same by now. It can go."

    // The document's shape.
    RepairedValue = "repaired-value", Warning:
        "A value is not what OpenAPI 3.0 allows in its place. The smallest part that could not be read was replaced or left out, as the message says; everything around it is used as it stands."
    CoercedValue = "coerced-value", Note:
        "A value is written as another type than OpenAPI 3.0 asks for, but it is plain what is meant: `\"true\"` for `true`, a number without quotes for a text, one element for a list of one. It is read so."
    NullValue = "null-value", Note:
        "`null` stands where OpenAPI 3.0 has no use for it. It is read as if the member were absent."
    NewerKeyword = "newer-keyword", Note:
        "A keyword of OpenAPI 3.1 or JSON Schema, or an older spelling, has an exact equivalent in OpenAPI 3.0 and was read as that. Nothing is lost, but other tools may refuse the document."
    OlderKeyword = "older-keyword", Note:
        "A keyword of OpenAPI 3.0 stands in a document of a later version, which has another word for it: `type: [string, \"null\"]` for `nullable: true`, a number for a boolean `exclusiveMinimum`. It is read as OpenAPI 3.0 means it, and reported once, where it stands first."
    UnknownDialect = "unknown-dialect", Note:
        "The document says by `jsonSchemaDialect` that its schemas are written in a dialect of JSON Schema that this generator does not know. They are read as those of JSON Schema 2020-12, the dialect of OpenAPI 3.1 and 3.2."
    UnknownKeyword = "unknown-keyword", Note:
        "This version of OpenAPI has no member of this name here, so it says nothing to this generator. Often it is a slip of the pen, or something that belongs one level higher or lower. Extensions start with `x-`."
    IgnoredKeyword = "ignored-keyword", Note:
        "The document is right to say this, but a client crate has no use for it: links, for example, describe what may be called next, and `not` cannot be expressed as a Rust type. The headers of a part of a form (`encoding`) are left out too: the parts are sent without them."
    MissingMember = "missing-member", Note:
        "OpenAPI 3.0 requires this member, but the crate can do without. It is taken to be empty."
    InvalidPath = "invalid-path", Warning:
        "A key of `paths` must start with a slash, and its braces must pair and name each parameter once."
    InvalidStatus = "invalid-status", Warning:
        "A key of `responses` must be `default`, a status from 100 to 599, or a range such as `4XX`. The response is left out."
    UnreadableDocument = "unreadable-document", Error:
        "Something outside of `paths` and `components` is not what OpenAPI 3.0 allows, and repairs did not help. Please report it, with the document: the generator should have set it right."
    OmittedComponent = "omitted-component", Warning:
        "This part of the document could not be read at all, even after repairs, and was left out. What refers to it is reported where it stands."
    OmittedOperation = "omitted-operation", Warning:
        "No method is emitted for this operation, because something it cannot do without is missing or not supported. Everything else is emitted."

    // References.
    UnresolvedReference = "unresolved-reference", Warning:
        "A `$ref` leads nowhere in this document, or to something of another kind. It must be a URI fragment with a JSON pointer (RFC 6901), such as `#/components/schemas/Pet`; names are case-sensitive, `/` is written `~1` and `~` is written `~0`."
    CircularReference = "circular-reference", Warning:
        "A `$ref` leads back to itself without anything in between, so it stands for nothing. A schema may contain itself in a property or an item; it may not be itself."
    TooComplex = "too-complex", Warning:
        "More than 128 schemas build on one another by `allOf`, `oneOf`, `anyOf` or references, or they combine to more than 2,000 types: a short document can describe endlessly many. What goes further is any JSON value. No real document is like that; look for a schema that contains itself by mistake. Of an object with more than 1,000 properties, which rustc cannot bear in a struct, the first 1,000 are fields and the rest is in a map; of headers, parts of a form and parameters of an operation, the rest is left out. So are alternatives of `security` behind the first 100, and names of more than 2,000 letters. A union of more than 1,000 alternatives is any JSON value. Where the document's references would make many times as much of it as it has, because thousands of operations or schemas refer to something large, what goes further is any JSON value, has no description, or is left out. A title or a version of more than 1,000 letters is cut: cargo cannot pass it on."
    ExternalReference = "external-reference", Warning:
        "A `$ref` leads to a URL, or to a file that is not there or must not be read. Nothing is fetched: save what the URL has beside the document and refer to it by a relative path. Files are read in the folder of the document, or in the one that `--root` names, and nowhere else once links are resolved, so that no document makes anybody read other files. As a library, the generator reads what `Input::files` gives it."

    // Names.
    MissingOperationId = "missing-operation-id", Note:
        "The operation has no `operationId`. Its method is named after the HTTP method and the path, and changes its name when they do."
    DuplicateOperationId = "duplicate-operation-id", Warning:
        "Two operations have the same `operationId`, which must be unique in the document. The later one is renamed; give it a name of its own."
    InvalidOperationId = "invalid-operation-id", Warning:
        "No Rust name can be made of this `operationId`, because it has no letter or digit that a name can start with. The HTTP method and the path are used instead."
    NameCollision = "name-collision", Note:
        "Two things of the document would get the same Rust name, for instance `user_id` and `userId`, or one would get a name that the emitted crate uses itself. The later one gets a number or a suffix, as the message says; give it a name of its own, with `names` in the configuration file or `x-rust-name` in an overlay, so that it stays when others are added. Or two files or documents give different things the same name: those of the first document keep it, and the others get the names of their files or folders before theirs."
    InvalidName = "invalid-name", Note:
        "No Rust name can be made of this name, because it has no letter or digit. Another name is used, as the message says; give it one with `names` in the configuration file or `x-rust-name` in an overlay."

    // Parameters.
    UndeclaredPathParameter = "undeclared-path-parameter", Warning:
        "The path has a part in braces that no parameter with `in: path` describes. It is taken to be a required string."
    UnusedPathParameter = "unused-path-parameter", Warning:
        "A parameter with `in: path` names no part in braces of the path, so there is no place to write it. It is left out."
    DuplicateParameter = "duplicate-parameter", Warning:
        "A list of parameters has the same name with the same `in` twice. The later one is left out. That a parameter of an operation stands in place of its path's is no mistake."
    IgnoredParameter = "ignored-parameter", Note:
        "OpenAPI 3.0 says that header parameters named `Accept`, `Content-Type` and `Authorization` are ignored: bodies and security schemes decide about them."
    UnsupportedParameterStyle = "unsupported-parameter-style", Warning:
        "The combination of `style`, `explode` and the parameter's type has no defined meaning in OpenAPI 3.0 (section Style Values), or none that this generator can write."

    // Bodies and responses.
    UnsupportedMediaType = "unsupported-media-type", Note:
        "The answer comes in several media types. Awaited, the request asks for the one that says most (JSON, then events, text, bytes), in every media type with the same schema; it has a method for each other one of another type (`.csv()`). This one has none, because it has the schema of the first in another notation, belongs to an error, is no media type, or is one of more than 16. To read it, set the header `Accept` of the request; the body is then in the error that says that it does not decode. Or the body of a request is described by a range of media types (`image/*`), and is sent as JSON, text or bytes, as its schema has it; to send another media type, set the header `Content-Type` of the request."
    MissingResponse = "missing-response", Warning:
        "The operation declares no response for success, so nothing is known of its answer. Any success status is accepted and its body handed out as bytes."

    InvalidPagination = "invalid-pagination", Warning:
        "The extension `x-pagination` has a member that means nothing, or names a parameter that the operation does not have, or a member that its answer does not have. The operation gets a method `stream` only where all that the extension says can be done; the generator's README lists its members."

    IndistinctWebhooks = "indistinct-webhooks", Note:
        "The document has several webhooks or callbacks, and nothing that tells them apart: no member that each body requires, and no header, of which each has values of its own (`const` or `enum`). Each has a struct with a function that reads it from a request; there is no enum of all of them."

    // Schemas.
    InvalidSchema = "invalid-schema", Warning:
        "The schema contradicts OpenAPI 3.0, and what it was meant to say cannot be told. Any JSON value is accepted in its place."
    UnsatisfiableSchema = "unsatisfiable-schema", Warning:
        "No value can satisfy this schema: an empty `enum` or `oneOf`, say, or bounds that exclude each other."
    ConflictingAllOf = "conflicting-all-of", Warning:
        "The members of `allOf` contradict each other, for instance the same property with two types. The later one is used."
    EndlessUnion = "endless-union", Error:
        "Every member of this `oneOf` or `anyOf` leads back to the schema that it stands in, so it describes no value at all. A member of a union may hold the union in a property or an item; it may not be the union."
    AmbiguousUnion = "ambiguous-union", Warning:
        "Nothing tells two members of this `oneOf` or `anyOf` apart: they have the same JSON type, and no property, constant or type of a property that the other lacks; or one allows all that the other does and comes first. The first one that decodes is used. Or nothing tells what to call a member; a `title` does."
    OverlappingUnion = "overlapping-union", Warning:
        "A value may be two members of this `anyOf` at once, each of which has properties that the other lacks. A type in Rust is one of them: the one that knows most of the value is decoded, and the rest of the value is lost; a request sends the properties of one. If a value is always one of them, `oneOf` says so; if it is always both, `allOf` does; if it may be both, one object with optional properties is the same."
    InvalidDiscriminator = "invalid-discriminator", Warning:
        "The `discriminator` maps a value to something that is no schema of the document, or no member of the union. That mapping is left out; the others count."
    InvalidDefault = "invalid-default", Note:
        "The `default` is not a value of its own schema: it is of another type, or none of the values that `enum` lists. It is left out of the documentation."
    InvalidExample = "invalid-example", Note:
        "The example is not a value of its own schema. It is left out of the documentation."
    WeakenedType = "weakened-type", Warning:
        "The schema says more than the Rust type can carry, so a wider type is used, as the message says. Values that the schema forbids will be accepted."

    // Servers and security.
    InvalidServer = "invalid-server", Warning:
        "The server's URL is no URL once its variables are filled in, or a variable is not declared or has no default. The server is left out."
    UnknownSecurityScheme = "unknown-security-scheme", Warning:
        "The requirement names a security scheme that `components/securitySchemes` does not declare. No credential can be sent for it."
    UnsupportedSecurityScheme = "unsupported-security-scheme", Warning:
        "The security scheme is none of `apiKey`, `http` (basic and bearer), `oauth2` and `openIdConnect`. Send the header yourself, or bring a transport that does."
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
