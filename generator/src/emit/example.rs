//! The example in an operation's documentation: a call that compiles.

use super::code::{argument, ident, plain};
use super::{body, operation};
use crate::model::{Api, Operation, Outcome, Payload, Type};

/// Lines of documentation with an example of a call.
pub(crate) fn example(api: &Api, operation: &Operation, accessor: Option<&str>) -> Vec<String> {
    let module = api.package.replace('-', "_");
    let mut given = vec![format!("client: &{module}::Client")];
    let mut passed = Vec::new();
    for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
        let name = ident(&parameter.name).to_string();
        match &parameter.ty {
            Type::String => passed.push(format!("{:?}", parameter.name.0)),
            Type::I32 | Type::I64 | Type::U32 | Type::U64 => passed.push("1".to_owned()),
            Type::Bool => passed.push("true".to_owned()),
            other => {
                given.push(format!("{name}: {}", plain(&argument(other))));
                passed.push(name);
            }
        }
    }
    if let Some(sent) = operation.body.as_ref().filter(|body| body.required) {
        if operation::takes_bytes(operation) {
            passed.push("\"content\"".to_owned());
        } else {
            given.push(format!("body: {}", plain(&body::body_argument(sent))));
            passed.push("body".to_owned());
        }
    }
    let receiver = accessor.map_or("client".to_owned(), |accessor| format!("client.{accessor}()"));
    let call = format!("{receiver}.{}({}).await?;", ident(&operation.name), passed.join(", "));
    let nothing =
        matches!(&operation.outcome, Outcome::One(response) if response.payload == Payload::Empty);
    let call = if nothing { call } else { format!("let answer = {call}") };
    let given = given.join(", ");
    let group = accessor.map_or(String::new(), |accessor| format!("{accessor}::"));
    let mut lines = vec![String::new(), "```no_run".to_owned()];
    lines.push(format!("# use {module}::{{*, operations::{group}*, runtime::*}};"));
    if given.contains("Value") {
        lines.push("# use serde_json::Value;".to_owned());
    }
    if given.contains("BTreeMap<") {
        lines.push("# use std::collections::BTreeMap;".to_owned());
    }
    lines.push(format!("# async fn example({given}) -> Result<(), Box<dyn std::error::Error>> {{"));
    lines.extend([call, "# Ok(())".to_owned(), "# }".to_owned(), "```".to_owned()]);
    lines
}
