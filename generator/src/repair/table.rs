//! What may stand where in an OpenAPI document, in the order of the specification.

use super::{
    objects, schema,
    shape::{
        Member, Object,
        Shape::{
            self, Any, Choice, Count, Flag, Idle, Ignored, List, Map, Number, ObjectOr, Patterned,
            Schema, SchemaOrFlag, Text,
        },
        map, optional, required, text,
    },
};
use crate::diagnostics::Code;
use crate::source::Version::{V31, V32};

/// An extension of this generator, of which a mistake is reported as it is of OpenAPI's members.
const RUST_NAME: Member = optional("x-rust-name", Text);

pub(super) static DOCUMENT: Object = Object::new(
    "the document",
    &[
        optional("openapi", Text),
        optional("info", Shape::Object(&INFO)),
        optional("servers", List(&Shape::Object(&SERVER))),
        map("paths", Patterned(&Shape::Object(&PATH_ITEM)), Code::MissingMember),
        optional("components", Shape::Object(&COMPONENTS)),
        optional("security", List(&Map(&List(&Text)))),
        optional("tags", List(&Shape::Object(&TAG))),
        optional("externalDocs", Shape::Object(&EXTERNAL_DOCS)),
        optional("jsonSchemaDialect", Text).since(V31),
        optional("webhooks", Patterned(&Shape::Object(&PATH_ITEM))).since(V31),
        optional("$self", Text).since(V32),
        optional("x-trusted-hosts", List(&Text)),
    ],
)
.before(objects::repair_document);

static INFO: Object = Object::new(
    "`info`",
    &[
        text("title"),
        optional("description", Text),
        optional("termsOfService", Text),
        optional("contact", Shape::Object(&CONTACT)),
        optional("license", Shape::Object(&LICENSE)),
        text("version"),
        optional("summary", Text).since(V31),
    ],
);

static CONTACT: Object = Object::new(
    "the contact",
    &[optional("name", Text), optional("url", Text), optional("email", Text)],
);

static LICENSE: Object = Object::new(
    "the license",
    &[text("name"), optional("url", Text), optional("identifier", Text).since(V31)],
)
.short("name");

static SERVER: Object = Object::new(
    "the server",
    &[
        required("url", Text),
        optional("description", Text),
        optional("variables", Map(&Shape::Object(&SERVER_VARIABLE))),
        optional("name", Text).since(V32),
        RUST_NAME,
    ],
)
.short("url");

static SERVER_VARIABLE: Object = Object::new(
    "the server variable",
    &[
        optional("enum", List(&Text)),
        required("default", Text),
        optional("description", Text),
        RUST_NAME,
    ],
)
.before(objects::server_variable);

static COMPONENTS: Object = Object::new(
    "`components`",
    &[
        optional("schemas", Map(&Schema)),
        optional("responses", Map(&RESPONSE_OR_REFERENCE)),
        optional("parameters", Map(&PARAMETER_OR_REFERENCE)),
        optional("examples", Map(&EXAMPLE_OR_REFERENCE)),
        optional("requestBodies", Map(&REQUEST_BODY_OR_REFERENCE)),
        optional("headers", Map(&HEADER_OR_REFERENCE)),
        optional("securitySchemes", Map(&ObjectOr("securitySchemes", &SECURITY_SCHEME))),
        optional("links", Ignored),
        optional("callbacks", Map(&CALLBACK)),
        optional("pathItems", Map(&Shape::Object(&PATH_ITEM))).since(V31),
        optional("mediaTypes", Map(&Shape::Object(&MEDIA_TYPE))).since(V32),
    ],
);

/// From expressions to path items.
static CALLBACK: Shape = Map(&Shape::Object(&PATH_ITEM));
static RESPONSE_OR_REFERENCE: Shape = ObjectOr("responses", &RESPONSE);
static PARAMETER_OR_REFERENCE: Shape = ObjectOr("parameters", &PARAMETER);
static EXAMPLE_OR_REFERENCE: Shape = ObjectOr("examples", &EXAMPLE);
static REQUEST_BODY_OR_REFERENCE: Shape = ObjectOr("requestBodies", &REQUEST_BODY);
static HEADER_OR_REFERENCE: Shape = ObjectOr("headers", &HEADER);

pub(super) static PATH_ITEM: Object = Object::new(
    "the path item",
    &[
        optional("summary", Text),
        optional("description", Text),
        optional("get", Shape::Object(&OPERATION)),
        optional("put", Shape::Object(&OPERATION)),
        optional("post", Shape::Object(&OPERATION)),
        optional("delete", Shape::Object(&OPERATION)),
        optional("options", Shape::Object(&OPERATION)),
        optional("head", Shape::Object(&OPERATION)),
        optional("patch", Shape::Object(&OPERATION)),
        optional("trace", Shape::Object(&OPERATION)),
        optional("servers", List(&Shape::Object(&SERVER))),
        optional("parameters", List(&PARAMETER_OR_REFERENCE)),
        optional("query", Shape::Object(&OPERATION)).since(V32),
        optional("additionalOperations", Map(&Shape::Object(&OPERATION))).since(V32),
    ],
);

pub(super) static OPERATION: Object = Object::new(
    "the operation",
    &[
        optional("tags", List(&Text)),
        optional("summary", Text),
        optional("description", Text),
        optional("externalDocs", Shape::Object(&EXTERNAL_DOCS)),
        optional("operationId", Text),
        optional("parameters", List(&PARAMETER_OR_REFERENCE)),
        optional("requestBody", ObjectOr("requestBodies", &REQUEST_BODY)),
        optional("responses", Patterned(&RESPONSE_OR_REFERENCE)),
        optional("callbacks", Map(&CALLBACK)),
        optional("deprecated", Flag),
        optional("security", List(&Map(&List(&Text)))),
        optional("servers", List(&Shape::Object(&SERVER))),
        optional("x-idempotent", Flag),
        RUST_NAME,
    ],
)
.before(objects::repair_operation)
.after(objects::add_missing_responses);

static EXTERNAL_DOCS: Object =
    Object::new("`externalDocs`", &[optional("description", Text), required("url", Text)])
        .short("url");

static PARAMETER: Object = Object::new(
    "the parameter",
    &[
        required("name", Text),
        required("in", Choice(&["query", "header", "path", "cookie"])),
        optional("description", Text),
        optional("required", Flag),
        optional("deprecated", Flag),
        optional("allowEmptyValue", Flag),
        optional("style", Text),
        optional("explode", Flag),
        optional("allowReserved", Flag),
        optional("schema", Schema),
        optional("example", Any),
        optional("examples", Map(&EXAMPLE_OR_REFERENCE)),
        optional("content", Map(&Shape::Object(&MEDIA_TYPE))),
        RUST_NAME,
    ],
)
.before(objects::repair_parameter)
.after(objects::described_parameter);

static REQUEST_BODY: Object = Object::new(
    "the request body",
    &[
        optional("description", Text),
        map("content", Map(&Shape::Object(&MEDIA_TYPE)), Code::MissingMember),
        optional("required", Flag),
    ],
)
.before(objects::repair_body);

static MEDIA_TYPE: Object = Object::new(
    "the media type",
    &[
        optional("schema", Schema),
        optional("example", Any),
        optional("examples", Map(&EXAMPLE_OR_REFERENCE)),
        optional("encoding", Map(&Shape::Object(&ENCODING))),
        optional("itemSchema", Schema).since(V32),
        optional("prefixEncoding", Idle).since(V32),
        optional("itemEncoding", Idle).since(V32),
    ],
)
.before(objects::media_type);

static ENCODING: Object = Object::new(
    "the encoding",
    &[
        optional("contentType", Text),
        optional("headers", Ignored),
        optional("style", Choice(&["form", "spaceDelimited", "pipeDelimited", "deepObject"])),
        optional("explode", Flag),
        optional("allowReserved", Flag),
        optional("encoding", Idle).since(V32),
        optional("prefixEncoding", Idle).since(V32),
        optional("itemEncoding", Idle).since(V32),
    ],
)
.before(objects::headers_of_part)
.after(objects::repair_encoding);

static RESPONSE: Object = Object::new(
    "the response",
    &[
        text("description"),
        optional("headers", Map(&HEADER_OR_REFERENCE)),
        optional("content", Map(&Shape::Object(&MEDIA_TYPE))),
        optional("links", Ignored),
        optional("summary", Text).since(V32),
    ],
)
.before(objects::repair_body);

static EXAMPLE: Object = Object::new(
    "the example",
    &[
        optional("summary", Text),
        optional("description", Text),
        optional("value", Any),
        optional("externalValue", Text),
        optional("dataValue", Any).since(V32),
        optional("serializedValue", Text).since(V32),
    ],
)
.short("value")
.before(objects::translate_example);

static HEADER: Object = Object::new(
    "the header",
    &[
        optional("description", Text),
        optional("required", Flag),
        optional("deprecated", Flag),
        optional("allowEmptyValue", Flag),
        optional("style", Choice(&["simple"])),
        optional("explode", Flag),
        optional("allowReserved", Flag),
        optional("schema", Schema),
        optional("example", Any),
        optional("examples", Map(&EXAMPLE_OR_REFERENCE)),
        optional("content", Map(&Shape::Object(&MEDIA_TYPE))),
    ],
)
.before(objects::repair_header)
.after(objects::described_header);

static TAG: Object = Object::new(
    "the tag",
    &[
        required("name", Text),
        optional("description", Text),
        optional("externalDocs", Shape::Object(&EXTERNAL_DOCS)),
        optional("summary", Text).since(V32),
        optional("parent", Text).since(V32),
        optional("kind", Text).since(V32),
        RUST_NAME,
    ],
)
.short("name");

pub(super) static SCHEMA: Object = Object::new(
    "the schema",
    &[
        optional("title", Text),
        optional("multipleOf", Number),
        optional("maximum", Number),
        optional("exclusiveMaximum", Flag),
        optional("minimum", Number),
        optional("exclusiveMinimum", Flag),
        optional("maxLength", Count),
        optional("minLength", Count),
        optional("pattern", Text),
        optional("maxItems", Count),
        optional("minItems", Count),
        optional("uniqueItems", Flag),
        optional("maxProperties", Count),
        optional("minProperties", Count),
        optional("required", List(&Text)),
        optional("enum", List(&Any)),
        optional("type", Choice(&["string", "number", "integer", "boolean", "array", "object"])),
        optional("allOf", List(&Schema)),
        optional("oneOf", List(&Schema)),
        optional("anyOf", List(&Schema)),
        optional("not", Ignored),
        optional("items", Schema),
        optional("properties", Map(&Schema)),
        optional("additionalProperties", SchemaOrFlag),
        optional("description", Text),
        optional("format", Text),
        optional("default", Any),
        optional("nullable", Flag),
        optional("discriminator", Shape::Object(&DISCRIMINATOR)),
        optional("readOnly", Flag),
        optional("writeOnly", Flag),
        optional("xml", Any),
        optional("externalDocs", Shape::Object(&EXTERNAL_DOCS)),
        optional("example", Any),
        optional("deprecated", Flag),
        optional("x-enumDescriptions", Map(&Text)),
        RUST_NAME,
        optional("examples", Idle).since(V31),
        optional("$defs", Map(&Schema)).since(V31),
        optional("definitions", Map(&Schema)).since(V31),
        optional("$id", Idle).since(V31),
        optional("$anchor", Idle).since(V31),
        optional("$dynamicAnchor", Idle).since(V31),
        optional("$recursiveAnchor", Idle).since(V31),
        optional("$comment", Idle).since(V31),
        optional("$schema", Idle).since(V31),
        optional("$vocabulary", Idle).since(V31),
        optional("if", Idle).since(V31),
        optional("then", Idle).since(V31),
        optional("else", Idle).since(V31),
        optional("contains", Idle).since(V31),
        optional("minContains", Idle).since(V31),
        optional("maxContains", Idle).since(V31),
        optional("dependentRequired", Idle).since(V31),
        optional("dependentSchemas", Idle).since(V31),
        optional("propertyNames", Idle).since(V31),
        optional("patternProperties", Idle).since(V31),
        optional("unevaluatedProperties", Idle).since(V31),
        optional("unevaluatedItems", Idle).since(V31),
        optional("contentEncoding", Idle).since(V31),
        optional("contentMediaType", Idle).since(V31),
        optional("contentSchema", Idle).since(V31),
    ],
)
.before(schema::translate_keywords)
.after(schema::repair_schema);

static DISCRIMINATOR: Object = Object::new(
    "the discriminator",
    &[
        required("propertyName", Text),
        optional("mapping", Map(&Text)),
        optional("defaultMapping", Text).since(V32),
    ],
)
.short("propertyName")
.before(objects::translate_discriminator);

static SECURITY_SCHEME: Object = Object::new(
    "the security scheme",
    &[
        required("type", Choice(&["apiKey", "http", "oauth2", "openIdConnect"])),
        optional("description", Text),
        optional("name", Text),
        optional("in", Choice(&["query", "header", "cookie"])),
        optional("scheme", Text),
        optional("bearerFormat", Text),
        optional("flows", Shape::Object(&OAUTH_FLOWS)),
        optional("openIdConnectUrl", Text),
        optional("oauth2MetadataUrl", Text).since(V32),
        optional("deprecated", Flag).since(V32),
        RUST_NAME,
    ],
)
.before(objects::security_scheme)
.after(objects::complete_security_scheme);

static OAUTH_FLOWS: Object = Object::new(
    "`flows`",
    &[
        optional("implicit", Shape::Object(&IMPLICIT_FLOW)),
        optional("password", Shape::Object(&TOKEN_FLOW)),
        optional("clientCredentials", Shape::Object(&TOKEN_FLOW)),
        optional("authorizationCode", Shape::Object(&CODE_FLOW)),
        optional("deviceAuthorization", Idle).since(V32),
    ],
)
.before(objects::oauth_flows);

static IMPLICIT_FLOW: Object = Object::new(
    "the flow",
    &[
        text("authorizationUrl"),
        optional("refreshUrl", Text),
        map("scopes", Map(&Text), Code::MissingMember),
    ],
);

static TOKEN_FLOW: Object = Object::new(
    "the flow",
    &[
        text("tokenUrl"),
        optional("refreshUrl", Text),
        map("scopes", Map(&Text), Code::MissingMember),
    ],
);

static CODE_FLOW: Object = Object::new(
    "the flow",
    &[
        text("authorizationUrl"),
        text("tokenUrl"),
        optional("refreshUrl", Text),
        map("scopes", Map(&Text), Code::MissingMember),
    ],
);
