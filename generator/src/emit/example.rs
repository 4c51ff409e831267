//! The example in an operation's documentation: a call that compiles.

use super::body;
use super::code::{argument_type, value_ident, write_on_one_line};
use crate::model::{
    Api, Body, BodyContent, Constructor, Operation, Outcome, Part, PartKind, Payload, Presence,
    Type, TypeDefinition, TypeKind, TypeName,
};

/// Lines of documentation with an example of a call.
pub(crate) fn call_example(
    api: &Api,
    operation: &Operation,
    accessor: Option<&str>,
) -> Vec<String> {
    let module = api.package.replace('-', "_");
    let mut given = vec![format!("client: &{module}::Client")];
    let mut passed = Vec::new();
    let mut before = None;
    for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
        let name = value_ident(&parameter.name).to_string();
        passed.push(example_value(&parameter.ty, &parameter.name.0).unwrap_or_else(|| {
            given.push(format!("{name}: {}", write_on_one_line(&argument_type(&parameter.ty))));
            name
        }));
    }
    if let Some(sent) = operation.body.as_ref().filter(|body| body.required) {
        if sent.is_bytes() {
            passed.push("\"content\"".to_owned());
        } else if let Some(made) = example_body(api, sent) {
            before = Some(format!("let body = {made};"));
            passed.push("&body".to_owned());
        } else {
            given.push(format!("body: {}", write_on_one_line(&body::body_argument(sent))));
            passed.push("body".to_owned());
        }
    }
    let receiver = accessor.map_or("client".to_owned(), |accessor| format!("client.{accessor}()"));
    let call =
        format!("{receiver}.{}({}).await?;", value_ident(&operation.name), passed.join(", "));
    let call = match &operation.outcome {
        Outcome::One(response) if response.payload == Payload::Empty => call,
        Outcome::One(response)
            if response.payload.is_stream() && response.payload != Payload::Stream =>
        {
            format!("let mut response = {call}")
        }
        _ => format!("let response = {call}"),
    };
    let given = given.join(", ");
    let group = accessor.map_or(String::new(), |accessor| format!("{accessor}::"));
    let mut lines =
        vec![String::new(), "# Example".to_owned(), String::new(), "```no_run".to_owned()];
    lines.push(format!("# use {module}::{{*, operations::{group}*, runtime::*}};"));
    if given.contains("Value") {
        lines.push("# use serde_json::Value;".to_owned());
    }
    if given.contains("BTreeMap<") {
        lines.push("# use std::collections::BTreeMap;".to_owned());
    }
    lines.push(format!(
        "# async fn example({given}) -> std::result::Result<(), Box<dyn std::error::Error>> {{"
    ));
    lines.extend(before);
    lines.push(call);
    lines.extend(use_response(api, &operation.outcome));
    lines.extend(["# Ok(())".to_owned(), "# }".to_owned(), "```".to_owned()]);
    lines
}

/// What is done with the response.
fn use_response(api: &Api, outcome: &Outcome) -> Vec<String> {
    let text = match outcome {
        Outcome::One(response) => match &response.payload {
            Payload::Empty => return Vec::new(),
            Payload::Json(ty) => return read_response(api, ty),
            Payload::Text => "println!(\"{response}\");".to_owned(),
            Payload::Stream => "std::fs::write(\"response\", response.bytes().await?)?;".to_owned(),
            Payload::Events | Payload::EventStream { .. } | Payload::JsonLines { .. } => {
                let head = "while let Some(item) = response.next().await {".to_owned();
                return vec![head, "    println!(\"{:?}\", item?);".to_owned(), "}".to_owned()];
            }
        },
        Outcome::Several(name, responses) => {
            let full = responses.iter().find(|response| response.payload != Payload::Empty);
            let Some(full) = full.filter(|_| responses.len() > 1) else {
                return vec!["println!(\"{response:?}\");".to_owned()];
            };
            let body = if full.headers.is_empty() { "(body)" } else { " { body, .. }" };
            return vec![
                "match response {".to_owned(),
                format!("    {}::{}{body} => println!(\"{{body:?}}\"),", name.0, full.name.0),
                "    other => println!(\"{other:?}\"),".to_owned(),
                "}".to_owned(),
            ];
        }
    };
    vec![text]
}

/// How a response of JSON is read.
fn read_response(api: &Api, ty: &Type) -> Vec<String> {
    match ty {
        Type::List(_) => print_each("item", "{item:?}"),
        Type::Map(_) => print_each("(key, value)", "{key}: {value:?}"),
        Type::Named(name) => match find_example_member(api, name) {
            Some(member) => vec![format!("println!(\"{{:?}}\", response.{member});")],
            None => vec!["println!(\"{response:?}\");".to_owned()],
        },
        _ => vec!["println!(\"{response:?}\");".to_owned()],
    }
}

/// A loop that prints what a response holds.
fn print_each(pattern: &str, shown: &str) -> Vec<String> {
    let head = format!("for {pattern} in response {{");
    vec![head, format!("    println!(\"{shown}\");"), "}".to_owned()]
}

/// A member of a record: one that is always there, if there is one.
fn find_example_member(api: &Api, name: &TypeName) -> Option<String> {
    let TypeKind::Record(record) = &find_definition(api, name)?.kind else { return None };
    let fields = || record.fields.iter().filter(|field| !field.deprecated);
    let required = fields().find(|field| field.presence == Presence::Required);
    required.or_else(|| fields().next()).map(|field| value_ident(&field.name).to_string())
}

/// A body that can be made of simple values.
fn example_body(api: &Api, sent: &Body) -> Option<String> {
    let BodyContent::One(Part { kind: PartKind::Json(Type::Named(name)), .. }) = &sent.content
    else {
        return None;
    };
    let TypeKind::Record(record) = &find_definition(api, name)?.kind else {
        return None;
    };
    let arguments = record.arguments();
    let values: Option<Vec<String>> =
        arguments.iter().map(|field| example_value(&field.ty, &field.name.0)).collect();
    let name = &name.0;
    let values = values?;
    Some(match record.constructor {
        Constructor::New => format!("types::{name}::new({})", values.join(", ")),
        Constructor::Builder(_) => {
            let given = arguments.iter().zip(values);
            let steps: String = given
                .map(|(field, value)| format!(".{}({value})", value_ident(&field.name)))
                .collect();
            format!("types::{name}::builder(){steps}")
        }
    })
}

/// The type of this name.
fn find_definition<'a>(api: &'a Api, name: &TypeName) -> Option<&'a TypeDefinition> {
    // They are sorted by name.
    let at = api.types.binary_search_by(|known| known.name.cmp(name)).ok()?;
    api.types.get(at)
}

/// A simple value of a type.
fn example_value(ty: &Type, name: &str) -> Option<String> {
    match ty {
        Type::String => Some(format!("{name:?}")),
        Type::I32 | Type::I64 | Type::U32 | Type::U64 => Some("1".to_owned()),
        Type::Bool => Some("true".to_owned()),
        _ => None,
    }
}
