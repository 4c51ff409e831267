//! What may stand where in an OpenAPI document, in the order of the specification.

use super::{
    objects, schema,
    shape::{
        Object,
        Shape::{
            self, Any, Choice, Count, Flag, Idle, Ignored, List, Map, Number, ObjectOr, Patterned,
            Schema, SchemaOrFlag, Text,
        },
        map, may, must, text,
    },
};
use crate::diagnostics::Code;
use crate::source::Version::{V31, V32};

pub(super) static DOCUMENT: Object = Object::new(
    "the document",
    &[
        may("openapi", Text),
        may("info", Shape::Object(&INFO)),
        may("servers", List(&Shape::Object(&SERVER))),
        map("paths", Patterned(&Shape::Object(&PATH_ITEM)), Code::MissingMember),
        may("components", Shape::Object(&COMPONENTS)),
        may("security", List(&Map(&List(&Text)))),
        may("tags", List(&Shape::Object(&TAG))),
        may("externalDocs", Shape::Object(&EXTERNAL_DOCS)),
        may("jsonSchemaDialect", Text).since(V31),
        may("webhooks", Patterned(&Shape::Object(&PATH_ITEM))).since(V31),
        may("$self", Text).since(V32),
    ],
)
.before(objects::document);

static INFO: Object = Object::new(
    "`info`",
    &[
        text("title"),
        may("description", Text),
        may("termsOfService", Text),
        may("contact", Shape::Object(&CONTACT)),
        may("license", Shape::Object(&LICENSE)),
        text("version"),
        may("summary", Text).since(V31),
    ],
);

static CONTACT: Object =
    Object::new("the contact", &[may("name", Text), may("url", Text), may("email", Text)]);

static LICENSE: Object = Object::new(
    "the licence",
    &[text("name"), may("url", Text), may("identifier", Text).since(V31)],
)
.short("name");

static SERVER: Object = Object::new(
    "the server",
    &[
        must("url", Text),
        may("description", Text),
        may("variables", Map(&Shape::Object(&SERVER_VARIABLE))),
        may("name", Text).since(V32),
    ],
)
.short("url");

static SERVER_VARIABLE: Object = Object::new(
    "the server variable",
    &[may("enum", List(&Text)), must("default", Text), may("description", Text)],
)
.before(objects::server_variable);

static COMPONENTS: Object = Object::new(
    "`components`",
    &[
        may("schemas", Map(&Schema)),
        may("responses", Map(&RESPONSE_OR_REFERENCE)),
        may("parameters", Map(&PARAMETER_OR_REFERENCE)),
        may("examples", Map(&EXAMPLE_OR_REFERENCE)),
        may("requestBodies", Map(&REQUEST_BODY_OR_REFERENCE)),
        may("headers", Map(&HEADER_OR_REFERENCE)),
        may("securitySchemes", Map(&ObjectOr("securitySchemes", &SECURITY_SCHEME))),
        may("links", Ignored),
        may("callbacks", Map(&CALLBACK)),
        may("pathItems", Map(&Shape::Object(&PATH_ITEM))).since(V31),
        may("mediaTypes", Map(&Shape::Object(&MEDIA_TYPE))).since(V32),
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
        may("summary", Text),
        may("description", Text),
        may("get", Shape::Object(&OPERATION)),
        may("put", Shape::Object(&OPERATION)),
        may("post", Shape::Object(&OPERATION)),
        may("delete", Shape::Object(&OPERATION)),
        may("options", Shape::Object(&OPERATION)),
        may("head", Shape::Object(&OPERATION)),
        may("patch", Shape::Object(&OPERATION)),
        may("trace", Shape::Object(&OPERATION)),
        may("servers", List(&Shape::Object(&SERVER))),
        may("parameters", List(&PARAMETER_OR_REFERENCE)),
        may("query", Shape::Object(&OPERATION)).since(V32),
        may("additionalOperations", Map(&Shape::Object(&OPERATION))).since(V32),
    ],
);

pub(super) static OPERATION: Object = Object::new(
    "the operation",
    &[
        may("tags", List(&Text)),
        may("summary", Text),
        may("description", Text),
        may("externalDocs", Shape::Object(&EXTERNAL_DOCS)),
        may("operationId", Text),
        may("parameters", List(&PARAMETER_OR_REFERENCE)),
        may("requestBody", ObjectOr("requestBodies", &REQUEST_BODY)),
        may("responses", Patterned(&RESPONSE_OR_REFERENCE)),
        may("callbacks", Map(&CALLBACK)),
        may("deprecated", Flag),
        may("security", List(&Map(&List(&Text)))),
        may("servers", List(&Shape::Object(&SERVER))),
    ],
)
.before(objects::operation)
.after(objects::answered_operation);

static EXTERNAL_DOCS: Object =
    Object::new("`externalDocs`", &[may("description", Text), must("url", Text)]).short("url");

static PARAMETER: Object = Object::new(
    "the parameter",
    &[
        must("name", Text),
        must("in", Choice(&["query", "header", "path", "cookie"])),
        may("description", Text),
        may("required", Flag),
        may("deprecated", Flag),
        may("allowEmptyValue", Flag),
        may("style", Text),
        may("explode", Flag),
        may("allowReserved", Flag),
        may("schema", Schema),
        may("example", Any),
        may("examples", Map(&EXAMPLE_OR_REFERENCE)),
        may("content", Map(&Shape::Object(&MEDIA_TYPE))),
    ],
)
.before(objects::parameter)
.after(objects::described_parameter);

static REQUEST_BODY: Object = Object::new(
    "the request body",
    &[
        may("description", Text),
        map("content", Map(&Shape::Object(&MEDIA_TYPE)), Code::MissingMember),
        may("required", Flag),
    ],
)
.before(objects::body);

static MEDIA_TYPE: Object = Object::new(
    "the media type",
    &[
        may("schema", Schema),
        may("example", Any),
        may("examples", Map(&EXAMPLE_OR_REFERENCE)),
        may("encoding", Map(&Shape::Object(&ENCODING))),
        may("itemSchema", Schema).since(V32),
        may("prefixEncoding", Idle).since(V32),
        may("itemEncoding", Idle).since(V32),
    ],
)
.before(objects::media_type);

static ENCODING: Object = Object::new(
    "the encoding",
    &[
        may("contentType", Text),
        may("headers", Ignored),
        may("style", Choice(&["form", "spaceDelimited", "pipeDelimited", "deepObject"])),
        may("explode", Flag),
        may("allowReserved", Flag),
        may("encoding", Idle).since(V32),
        may("prefixEncoding", Idle).since(V32),
        may("itemEncoding", Idle).since(V32),
    ],
)
.before(objects::headers_of_part)
.after(objects::encoding);

static RESPONSE: Object = Object::new(
    "the response",
    &[
        text("description"),
        may("headers", Map(&HEADER_OR_REFERENCE)),
        may("content", Map(&Shape::Object(&MEDIA_TYPE))),
        may("links", Ignored),
        may("summary", Text).since(V32),
    ],
)
.before(objects::body);

static EXAMPLE: Object = Object::new(
    "the example",
    &[
        may("summary", Text),
        may("description", Text),
        may("value", Any),
        may("externalValue", Text),
        may("dataValue", Any).since(V32),
        may("serializedValue", Text).since(V32),
    ],
)
.short("value")
.before(objects::example);

static HEADER: Object = Object::new(
    "the header",
    &[
        may("description", Text),
        may("required", Flag),
        may("deprecated", Flag),
        may("allowEmptyValue", Flag),
        may("style", Choice(&["simple"])),
        may("explode", Flag),
        may("allowReserved", Flag),
        may("schema", Schema),
        may("example", Any),
        may("examples", Map(&EXAMPLE_OR_REFERENCE)),
        may("content", Map(&Shape::Object(&MEDIA_TYPE))),
    ],
)
.before(objects::header)
.after(objects::described_header);

static TAG: Object = Object::new(
    "the tag",
    &[
        must("name", Text),
        may("description", Text),
        may("externalDocs", Shape::Object(&EXTERNAL_DOCS)),
        may("summary", Text).since(V32),
        may("parent", Text).since(V32),
        may("kind", Text).since(V32),
    ],
)
.short("name");

pub(super) static SCHEMA: Object = Object::new(
    "the schema",
    &[
        may("title", Text),
        may("multipleOf", Number),
        may("maximum", Number),
        may("exclusiveMaximum", Flag),
        may("minimum", Number),
        may("exclusiveMinimum", Flag),
        may("maxLength", Count),
        may("minLength", Count),
        may("pattern", Text),
        may("maxItems", Count),
        may("minItems", Count),
        may("uniqueItems", Flag),
        may("maxProperties", Count),
        may("minProperties", Count),
        may("required", List(&Text)),
        may("enum", List(&Any)),
        may("type", Choice(&["string", "number", "integer", "boolean", "array", "object"])),
        may("allOf", List(&Schema)),
        may("oneOf", List(&Schema)),
        may("anyOf", List(&Schema)),
        may("not", Ignored),
        may("items", Schema),
        may("properties", Map(&Schema)),
        may("additionalProperties", SchemaOrFlag),
        may("description", Text),
        may("format", Text),
        may("default", Any),
        may("nullable", Flag),
        may("discriminator", Shape::Object(&DISCRIMINATOR)),
        may("readOnly", Flag),
        may("writeOnly", Flag),
        may("xml", Any),
        may("externalDocs", Shape::Object(&EXTERNAL_DOCS)),
        may("example", Any),
        may("deprecated", Flag),
        may("examples", Idle).since(V31),
        may("$defs", Map(&Schema)).since(V31),
        may("definitions", Map(&Schema)).since(V31),
        may("$id", Idle).since(V31),
        may("$anchor", Idle).since(V31),
        may("$dynamicAnchor", Idle).since(V31),
        may("$recursiveAnchor", Idle).since(V31),
        may("$comment", Idle).since(V31),
        may("$schema", Idle).since(V31),
        may("$vocabulary", Idle).since(V31),
        may("if", Idle).since(V31),
        may("then", Idle).since(V31),
        may("else", Idle).since(V31),
        may("contains", Idle).since(V31),
        may("minContains", Idle).since(V31),
        may("maxContains", Idle).since(V31),
        may("dependentRequired", Idle).since(V31),
        may("dependentSchemas", Idle).since(V31),
        may("propertyNames", Idle).since(V31),
        may("patternProperties", Idle).since(V31),
        may("unevaluatedProperties", Idle).since(V31),
        may("unevaluatedItems", Idle).since(V31),
        may("contentEncoding", Idle).since(V31),
        may("contentMediaType", Idle).since(V31),
        may("contentSchema", Idle).since(V31),
    ],
)
.before(schema::before)
.after(schema::after);

static DISCRIMINATOR: Object = Object::new(
    "the discriminator",
    &[
        must("propertyName", Text),
        may("mapping", Map(&Text)),
        may("defaultMapping", Text).since(V32),
    ],
)
.short("propertyName")
.before(objects::discriminator);

static SECURITY_SCHEME: Object = Object::new(
    "the security scheme",
    &[
        must("type", Choice(&["apiKey", "http", "oauth2", "openIdConnect"])),
        may("description", Text),
        may("name", Text),
        may("in", Choice(&["query", "header", "cookie"])),
        may("scheme", Text),
        may("bearerFormat", Text),
        may("flows", Shape::Object(&OAUTH_FLOWS)),
        may("openIdConnectUrl", Text),
        may("oauth2MetadataUrl", Text).since(V32),
        may("deprecated", Flag).since(V32),
    ],
)
.before(objects::security_scheme)
.after(objects::complete_security_scheme);

static OAUTH_FLOWS: Object = Object::new(
    "`flows`",
    &[
        may("implicit", Shape::Object(&IMPLICIT_FLOW)),
        may("password", Shape::Object(&TOKEN_FLOW)),
        may("clientCredentials", Shape::Object(&TOKEN_FLOW)),
        may("authorizationCode", Shape::Object(&CODE_FLOW)),
        may("deviceAuthorization", Idle).since(V32),
    ],
)
.before(objects::oauth_flows);

static IMPLICIT_FLOW: Object = Object::new(
    "the flow",
    &[
        text("authorizationUrl"),
        may("refreshUrl", Text),
        map("scopes", Map(&Text), Code::MissingMember),
    ],
);

static TOKEN_FLOW: Object = Object::new(
    "the flow",
    &[text("tokenUrl"), may("refreshUrl", Text), map("scopes", Map(&Text), Code::MissingMember)],
);

static CODE_FLOW: Object = Object::new(
    "the flow",
    &[
        text("authorizationUrl"),
        text("tokenUrl"),
        may("refreshUrl", Text),
        map("scopes", Map(&Text), Code::MissingMember),
    ],
);
