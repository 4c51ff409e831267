//! What the table alone cannot say about single kinds of objects.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::{
    at::At,
    repairs::{Repairs, value_kind},
    schema, schema31,
    shape::{Object, Shape},
};
use crate::diagnostics::{Code, Edit};
use crate::extensions::{DEFAULT_MAPPING, ITEM_SCHEMA, QUERYSTRING};
use crate::source::Version;

type Members = Map<String, Value>;

/// The mapping that a single value is short for: a tag's name for a tag, and so on.
pub(super) fn from_short_form(value: &mut Value, object: &Object) -> Option<Value> {
    let key = object.short?;
    let any = object.member(key).is_some_and(|member| matches!(member.shape, Shape::Any));
    if value.is_object() || !(any || value.is_string()) {
        return None;
    }
    Some(Value::Object(Map::from_iter([(key.to_owned(), value.take())])))
}

pub(super) fn repair_document(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) -> bool {
    if !map.get("info").is_some_and(Value::is_object) {
        repairs.report(Code::MissingMember, at, "the document has no `info`");
        map.insert("info".to_owned(), json!({"title": "", "version": ""}));
    }
    if repairs.is_31() {
        translate_document31(repairs, map, at);
    }
    let Some(Value::Object(paths)) = map.get_mut("paths") else { return true };
    let fine = |path: &str| path.starts_with('/') || path.starts_with("x-");
    if paths.keys().all(|path| fine(path)) {
        return true;
    }
    let paths_at = at.key("paths");
    let given = std::mem::take(paths);
    let taken: HashSet<String> = given.keys().filter(|path| fine(path)).cloned().collect();
    for (path, item) in given {
        if fine(&path) {
            paths.insert(path, item);
            continue;
        }
        let with_slash = format!("/{path}");
        let place = paths_at.key(&path);
        let finding = repairs.report(
            Code::InvalidPath,
            &place,
            format!("the path `{path}` does not start with a slash"),
        );
        finding.at_key();
        let is_taken = taken.contains(&with_slash) || paths.contains_key(&with_slash);
        if path.contains("://") || is_taken {
            finding.help("it is left out");
            continue;
        }
        finding.help(format!("read as `{with_slash}`"));
        let to = paths_at.key(&with_slash).pointer();
        let from = place.pointer();
        repairs.diagnostics.edited(Edit::FromDocument { to, from });
        paths.insert(with_slash, item);
    }
    true
}

/// What OpenAPI 3.1 does without, and its dialects of JSON Schema.
fn translate_document31(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) {
    if !map.contains_key("paths")
        && ["webhooks", "components"].iter().any(|key| map.contains_key(*key))
    {
        map.insert("paths".to_owned(), json!({}));
    }
    if let Some(Value::String(name)) = map.get("jsonSchemaDialect")
        && !schema31::is_known_dialect(name)
    {
        let message = format!("the dialect `{name}` of JSON Schema is not known");
        repairs
            .report(Code::UnknownDialect, &at.key("jsonSchemaDialect"), message)
            .help("schemas are read as JSON Schema 2020-12");
    }
}

pub(super) fn server_variable(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) -> bool {
    if map.get("default").is_none_or(|default| default.is_null()) {
        let first = map.get("enum").and_then(|values| values.get(0)).cloned();
        if let Some(first) = first {
            repairs
                .report(Code::RepairedValue, at, "the server variable has no `default`")
                .help(format!("its first value, {first}, is used"));
            map.insert("default".to_owned(), first);
        }
    }
    true
}

/// Statuses: `200`, `4XX`, `default`.
pub(super) fn repair_operation(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) -> bool {
    let Some(Value::Object(responses)) = map.get_mut("responses") else { return true };
    let at = at.key("responses");
    responses.retain(|status, _| {
        let fine = is_response_key(status);
        if !fine {
            let message =
                format!("invalid response key `{status}`: expected a status, a range such as `4XX`, or `default`");
            repairs.report(Code::InvalidStatus, &at.key(status), message)
                .help("this response is ignored")
                .at_key();
        }
        fine
    });
    true
}

/// Whether a key of `responses` is a status, a range of them, or what else may be there.
fn is_response_key(key: &str) -> bool {
    match key.as_bytes() {
        [b'1'..=b'5', b'X' | b'x', b'X' | b'x'] => true,
        [b'1'..=b'5', tens, ones] => tens.is_ascii_digit() && ones.is_ascii_digit(),
        _ => key == "default" || key.starts_with("x-") || key == "$ref",
    }
}

/// A missing response is reported where responses are lowered.
pub(super) fn add_missing_responses(_: &mut Repairs<'_>, map: &mut Members, _: &At<'_>) -> bool {
    map.entry("responses").or_insert_with(|| json!({}));
    true
}

pub(super) fn repair_parameter(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) -> bool {
    if let Some(place @ ("body" | "formData")) = map.get("in").and_then(Value::as_str) {
        let message = format!("`in: {place}` is Swagger 2.0; use `requestBody` in OpenAPI 3.0");
        repairs.report(Code::RepairedValue, at, message).help("this parameter is ignored");
        return false;
    }
    if repairs.version >= Version::V32 {
        whole_query(repairs, map, at);
    }
    schema_of_swagger(repairs, map, at);
    true
}

/// `in: querystring`: all of the query is a form, or JSON.
fn whole_query(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) {
    if map.get("in").and_then(Value::as_str) != Some("querystring") {
        return;
    }
    map.insert("in".to_owned(), "query".into());
    let form = "application/x-www-form-urlencoded";
    let content = map.get_mut("content").and_then(Value::as_object_mut);
    let media = content.and_then(|content| content.get_mut(form)?.as_object_mut());
    if let Some(schema) = media.and_then(|media| media.shift_remove("schema")) {
        let from = at.key("content").key(form).key("schema").pointer();
        let to = at.key("schema").pointer();
        repairs.diagnostics.edited(Edit::FromDocument { to, from });
        map.shift_remove("content");
        map.insert("schema".to_owned(), schema);
    }
    map.insert(QUERYSTRING.to_owned(), true.into());
}

pub(super) fn described_parameter(
    repairs: &mut Repairs<'_>,
    map: &mut Members,
    at: &At<'_>,
) -> bool {
    let is_cookie = map.get("in").and_then(Value::as_str) == Some("cookie");
    if is_cookie && repairs.version >= Version::V32 && map.get("style") == Some(&"cookie".into()) {
        map.shift_remove("style");
        map.insert("x-cookie-style".to_owned(), true.into());
    }
    let styles: &[&str] = match map.get("in").and_then(Value::as_str) {
        Some("query") => &["form", "spaceDelimited", "pipeDelimited", "deepObject"],
        Some("path") => &["matrix", "label", "simple"],
        Some("header") => &["simple"],
        _ => &["form"],
    };
    if let Some(style) = map.get("style").and_then(Value::as_str).map(str::to_owned)
        && !styles.contains(&style.as_str())
    {
        let message = format!("a parameter of this kind cannot have the style `{style}`");
        repairs
            .report(Code::UnsupportedParameterStyle, &at.key("style"), message)
            .help(format!("it may be {}; the default is used", styles.join(", ")));
        map.shift_remove("style");
    }
    require_description(repairs, map, "the parameter", at)
}

pub(super) fn repair_header(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) -> bool {
    for key in ["name", "in"] {
        // Taken over from a parameter. The name is the key already.
        if map.shift_remove(key).is_some() {
            let message = format!("a header has no `{key}`");
            repairs.report(Code::UnknownKeyword, at, message);
        }
    }
    schema_of_swagger(repairs, map, at);
    true
}

pub(super) fn described_header(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) -> bool {
    require_description(repairs, map, "the header", at)
}

/// There must be either a schema or one media type.
fn require_description(
    repairs: &mut Repairs<'_>,
    map: &mut Members,
    what: &str,
    at: &At<'_>,
) -> bool {
    if map.get("content").and_then(Value::as_object).is_some_and(Map::is_empty) {
        map.shift_remove("content");
    }
    match (map.contains_key("schema"), map.contains_key("content")) {
        (true, false) | (false, true) => {}
        (true, true) => {
            repairs
                .report(
                    Code::RepairedValue,
                    &at.key("content"),
                    format!("{what} has both a schema and a media type"),
                )
                .help("`content` is ignored");
            map.shift_remove("content");
        }
        (false, false) => {
            repairs
                .report(Code::RepairedValue, at, format!("{what} has no schema"))
                .help("treated as a string");
            map.insert("schema".to_owned(), json!({"type": "string"}));
        }
    }
    true
}

/// Swagger 2.0 writes the keywords of the schema into the parameter.
fn schema_of_swagger(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) {
    if !map.contains_key("type") || map.contains_key("schema") || map.contains_key("content") {
        return;
    }
    repairs.report(
        Code::NewerKeyword,
        &at.key("type"),
        "the type is outside a `schema`, as in Swagger 2.0",
    );
    let mut inner = Map::new();
    for key in schema::KEYWORDS_OF_TYPES {
        if let Some(value) = map.shift_remove(*key) {
            let to = at.key("schema").key(key).pointer();
            let from = at.key(key).pointer();
            repairs.diagnostics.edited(Edit::FromDocument { to, from });
            inner.insert((*key).to_owned(), value);
        }
    }
    map.insert("schema".to_owned(), Value::Object(inner));
}

/// Swagger 2.0 writes the schema into the response, without a media type.
pub(super) fn repair_body(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) -> bool {
    if repairs.version >= Version::V32 {
        map.entry("description").or_insert_with(|| "".into());
    }
    if !map.contains_key("content")
        && let Some(schema) = map.shift_remove("schema")
    {
        let from = at.key("schema");
        repairs
            .report(
                Code::RepairedValue,
                &from,
                "the schema is outside a media type, as in Swagger 2.0",
            )
            .help("the media type is assumed to be `application/json`");
        let to = at.key("content").key("application/json").key("schema").pointer();
        repairs.diagnostics.edited(Edit::FromDocument { to, from: from.pointer() });
        map.insert("content".to_owned(), json!({"application/json": {"schema": schema}}));
    }
    true
}

pub(super) fn media_type(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) -> bool {
    if repairs.version >= Version::V32 {
        translate_item_schema(repairs, map, at);
    }
    // Examples are the commonest thing to be of a wrong shape, and the least loss.
    if map.get("examples").is_some_and(|examples| !examples.is_object() && !examples.is_null()) {
        let examples = map.shift_remove("examples").unwrap_or_default();
        let at = at.key("examples");
        let message = format!("`examples` must be a mapping, not {}", value_kind(&examples));
        repairs.report(Code::InvalidExample, &at, message).help("ignored");
    }
    true
}

/// `itemSchema`: the schema of each item of a stream.
fn translate_item_schema(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) {
    if at.name().starts_with("multipart/") {
        return;
    }
    let Some(schema) = map.shift_remove("itemSchema") else { return };
    let to = at.key("schema").pointer();
    let from = at.key("itemSchema").pointer();
    repairs.diagnostics.edited(Edit::FromDocument { to, from });
    map.insert("schema".to_owned(), schema);
    map.insert(ITEM_SCHEMA.to_owned(), true.into());
}

/// The name of OpenAPI 3.2 for the value of an example.
pub(super) fn translate_example(_: &mut Repairs<'_>, map: &mut Members, _: &At<'_>) -> bool {
    if !map.contains_key("value")
        && let Some(value) = map.shift_remove("dataValue")
    {
        map.insert("value".to_owned(), value);
    }
    true
}

/// A tag that is not known, or not there, stands for a certain schema: `x-default-mapping`.
pub(super) fn translate_discriminator(
    repairs: &mut Repairs<'_>,
    map: &mut Members,
    _: &At<'_>,
) -> bool {
    if repairs.version >= Version::V32
        && let Some(name) = map.shift_remove("defaultMapping").filter(Value::is_string)
    {
        map.insert(DEFAULT_MAPPING.to_owned(), name);
    }
    true
}

/// The runtime gives a part the headers that its content needs, and no others. Since OpenAPI 3.1, a part may have a style.
pub(super) fn headers_of_part(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) -> bool {
    let is_styled = map.get("style").is_some_and(|style| style != "form")
        || map.get("explode").is_some_and(|explode| *explode == Value::Bool(false));
    if is_styled && repairs.is_31() && at.pointer().as_str().contains("/content/multipart~1") {
        let keyword = if map.contains_key("style") { "style" } else { "explode" };
        let message = format!("`{keyword}` is ignored in a multipart body");
        repairs
            .report(Code::IgnoredKeyword, &at.key(keyword), message)
            .at_key()
            .help("a list is sent as a part for each element, an object as JSON");
    }
    let headers = map.shift_remove("headers");
    if headers.is_some_and(|headers| headers.as_object().is_none_or(|map| !map.is_empty())) {
        let message = "`headers` is ignored: parts are sent without headers of their own";
        repairs.report(Code::IgnoredKeyword, &at.key("headers"), message).at_key();
    }
    true
}

/// `explode` is true for forms, which `openapiv3` cannot tell from false. Where only other members
/// say how a value is written, the style is `form`.
pub(super) fn repair_encoding(_: &mut Repairs<'_>, map: &mut Members, _: &At<'_>) -> bool {
    if !map.contains_key("style")
        && ["explode", "allowReserved"].iter().any(|key| map.contains_key(*key))
    {
        map.insert("style".to_owned(), Value::String("form".to_owned()));
    }
    let form = map.get("style").is_none_or(|style| style == "form");
    if form && !map.contains_key("explode") {
        map.insert("explode".to_owned(), Value::Bool(true));
    }
    true
}

pub(super) fn security_scheme(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) -> bool {
    let Some(Value::String(kind)) = map.get("type").cloned() else { return true };
    let http = match kind.as_str() {
        "basic" => "basic",
        "bearer" => "bearer",
        _ => {
            let known = ["apikey", "http", "oauth2", "openidconnect"];
            let supported = known.contains(&kind.to_ascii_lowercase().as_str());
            if !supported {
                let message = format!("a security scheme of type `{kind}` is not supported");
                repairs
                    .report(Code::UnsupportedSecurityScheme, &at.key("type"), message)
                    .help("this scheme is ignored");
            }
            return supported;
        }
    };
    let message = format!("`{kind}` is not a type of security scheme in OpenAPI 3.0");
    repairs
        .report(Code::NewerKeyword, &at.key("type"), message)
        .help(format!("read as type `http` with scheme `{http}`"));
    map.insert("type".to_owned(), "http".into());
    map.insert("scheme".to_owned(), http.into());
    true
}

/// Each type needs other members.
pub(super) fn complete_security_scheme(
    repairs: &mut Repairs<'_>,
    map: &mut Members,
    at: &At<'_>,
) -> bool {
    let kind = map.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let (needed, filler): (&[&str], _) = match kind.as_str() {
        "apiKey" => (&["name", "in"], None),
        "http" => (&["scheme"], None),
        "oauth2" => (&["flows"], Some(json!({}))),
        _ => (&["openIdConnectUrl"], Some(json!(""))),
    };
    if map.shift_remove("deprecated") == Some(Value::Bool(true)) {
        let about = map.get("description").and_then(Value::as_str).unwrap_or_default();
        let about = format!("{about}\n\nDeprecated.");
        map.insert("description".to_owned(), about.into());
    }
    for key in needed.iter().filter(|key| !map.contains_key(**key)).collect::<Vec<_>>() {
        let message = format!("a security scheme of type `{kind}` needs `{key}`");
        let Some(filler) = &filler else {
            repairs.report(Code::RepairedValue, at, message).help("this scheme is ignored");
            return false;
        };
        repairs.report(Code::MissingMember, at, message);
        map.insert((*key).to_owned(), filler.clone());
    }
    true
}

/// Flows were called otherwise in Swagger 2.0.
pub(super) fn oauth_flows(repairs: &mut Repairs<'_>, map: &mut Members, at: &At<'_>) -> bool {
    for (old, new) in [("accessCode", "authorizationCode"), ("application", "clientCredentials")] {
        if let Some(flow) = map.get(old).filter(|_| !map.contains_key(new)).cloned() {
            let at = at.key(old);
            repairs.report(
                Code::NewerKeyword,
                &at,
                format!("the flow `{old}` is named `{new}` in OpenAPI 3"),
            );
            map.shift_remove(old);
            map.insert(new.to_owned(), flow);
        }
    }
    true
}
