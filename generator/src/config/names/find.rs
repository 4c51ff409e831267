//! Where in a document stands what a configuration file names.

use serde_json::{Value, json};

use crate::diagnostics::Pointer;

type Find = fn(&mut Value, &str) -> Option<Pointer>;

/// What the entries of a group are called, and how they are found.
pub(super) fn find_group(name: &str) -> Option<(&'static str, Find)> {
    Some(match name {
        "schemas" => ("schema", find_schema),
        "properties" => ("property", find_property),
        "operations" => ("operation", |document, id| find_operation(document, id)),
        "parameters" => ("parameter", find_parameter),
        "tags" => ("tag", find_tag),
        "servers" => ("server", find_server),
        _ => return None,
    })
}

fn schemas_pointer() -> Pointer {
    Pointer::default().key("components").key("schemas")
}

fn find_schema(document: &mut Value, name: &str) -> Option<Pointer> {
    pointer_if_present(document, schemas_pointer().key(name))
}

fn pointer_if_present(document: &Value, place: Pointer) -> Option<Pointer> {
    document.pointer(place.as_str()).map(|_| place)
}

/// The two parts of `schema.property`, wherever the dot between them is.
fn split_at_dots(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices('.').map(|(dot, _)| (&text[..dot], &text[dot + 1..]))
}

/// A property of a schema, or of a member of its `allOf`.
fn find_property(document: &mut Value, text: &str) -> Option<Pointer> {
    split_at_dots(text).find_map(|(schema, property)| {
        let schema = pointer_if_present(document, schemas_pointer().key(schema))?;
        let members = schema.key("allOf");
        let count =
            document.pointer(members.as_str()).and_then(Value::as_array).map_or(0, Vec::len);
        std::iter::once(schema)
            .chain((0..count).map(|index| members.index(index)))
            .find_map(|holder| pointer_if_present(document, holder.key("properties").key(property)))
    })
}

/// An operation by its `operationId`, or by its method and path: `GET /pets`.
fn find_operation(document: &Value, text: &str) -> Option<Pointer> {
    let paths = Pointer::default().key("paths");
    for (path, item) in document.get("paths")?.as_object()? {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let named = text
                .split_once(' ')
                .is_some_and(|(verb, rest)| verb.eq_ignore_ascii_case(method) && rest == path);
            let id = operation.get("operationId").and_then(Value::as_str);
            if operation.is_object() && (named || id == Some(text)) {
                return Some(paths.key(path).key(method));
            }
        }
    }
    None
}

/// A parameter of an operation or its path: `list_pets.limit`.
fn find_parameter(document: &mut Value, text: &str) -> Option<Pointer> {
    split_at_dots(text).find_map(|(id, name)| {
        let operation = find_operation(document, id)?;
        let (path, _) = operation.split()?;
        [operation, path].into_iter().find_map(|holder| {
            let list = holder.key("parameters");
            let count = document.pointer(list.as_str())?.as_array()?.len();
            (0..count).find_map(|index| {
                let place = list.index(index);
                let reference =
                    document.pointer(place.as_str())?.get("$ref").and_then(Value::as_str);
                let place = match reference {
                    Some(reference) => Pointer::from_text(reference.strip_prefix('#')?),
                    None => place,
                };
                (document.pointer(place.as_str())?.get("name")? == name).then_some(place)
            })
        })
    })
}

/// A tag, which need not be declared if an operation has it.
fn find_tag(document: &mut Value, name: &str) -> Option<Pointer> {
    let tags = Pointer::default().key("tags");
    let declared = document.get("tags").and_then(Value::as_array);
    let known = declared.and_then(|list| {
        list.iter().position(|tag| tag.get("name").is_some_and(|own| own == name))
    });
    if let Some(index) = known {
        return Some(tags.index(index));
    }
    let mut operations = document
        .get("paths")?
        .as_object()?
        .values()
        .flat_map(|item| item.as_object().into_iter().flatten())
        .map(|(_, operation)| operation);
    let used = operations.any(|operation| {
        let list = operation.get("tags").and_then(Value::as_array);
        list.is_some_and(|list| list.iter().any(|tag| tag == name))
    });
    if !used {
        return None;
    }
    let list =
        document.as_object_mut()?.entry("tags").or_insert_with(|| json!([])).as_array_mut()?;
    list.push(json!({"name": name}));
    Some(tags.index(list.len() - 1))
}

/// One of the document's servers, by its URL.
fn find_server(document: &mut Value, url: &str) -> Option<Pointer> {
    let servers = document.get("servers")?.as_array()?;
    let index =
        servers.iter().position(|server| server.get("url").is_some_and(|own| own == url))?;
    Some(Pointer::default().key("servers").index(index))
}
