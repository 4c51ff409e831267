//! What documents after the first have beside components: operations, tags, and what holds for all of them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::build::Builder;
use super::gather::Spot;
use super::name;
use super::same::{Said, describe_value};
use super::shelf::{Location, Reference, reference_of};
use crate::diagnostics::{Code, Edit, Pointer};
use crate::extensions::OWN_PATH;
use crate::names::value_name;
use crate::repair::{At, Structure};

/// Adds the other documents' operations to the first one.
pub(super) fn merge_operations(
    builder: &mut Builder<'_, '_>,
    same: &[usize],
    document: &mut Value,
) {
    let documents = builder.shelf.documents();
    if documents < 2 {
        return;
    }
    let labels = name::label_documents(builder.shelf);
    let mut adding = Adding { builder, same, labels, described: HashMap::new() };
    let mut pieces = Vec::new();
    for document in 0..documents {
        for group in ["paths", "webhooks"] {
            pieces.extend(adding.pieces(document, group));
        }
    }
    let renamed = adding.rename_operations(&pieces);
    for piece in pieces.into_iter().filter(|piece| piece.document != 0) {
        adding.insert(piece, &renamed, document);
    }
    for other in 1..documents {
        adding.add_rest(other, document);
    }
}

/// A path item of one document.
struct Piece {
    document: usize,
    /// `paths` or `webhooks`.
    group: &'static str,
    path: String,
    /// Where it stands, behind references.
    location: Location,
    /// Its operations without those that another document has just so.
    operations: Vec<String>,
    /// The operations that are left out.
    repeated: Vec<String>,
}

/// An operation by its document, where that has it.
type OperationKey = (usize, &'static str, String, String);

struct Adding<'a, 'b, 'i> {
    builder: &'a mut Builder<'b, 'i>,
    same: &'a [usize],
    labels: Vec<String>,
    /// What the operations of a path and method say.
    described: HashMap<(&'static str, String, String), HashSet<Said>>,
}

impl Adding<'_, '_, '_> {
    fn pieces(&mut self, document: usize, group: &'static str) -> Vec<Piece> {
        let pointer = Pointer::default().key(group);
        let Some(paths) = self.behind(Location { file: document, pointer }) else {
            return Vec::new();
        };
        let mut pieces = Vec::new();
        for path in member_names(self.builder.shelf.value(&paths)) {
            let at = Location { pointer: paths.pointer.key(&path), ..paths };
            if group == "paths" && path.starts_with("x-") {
                continue;
            }
            let Some(location) = self.behind(at) else { continue };
            let root = Rc::clone(&self.builder.shelf.file(location.file).value);
            let Some(Value::Object(item)) = root.pointer(location.pointer.as_str()) else {
                continue;
            };
            let mut operations = Vec::new();
            let mut repeated = Vec::new();
            for method in item.keys().filter(|key| is_operation(key)) {
                let said = self.say(document, &location, item, method);
                let key = (group, path.clone(), method.clone());
                match self.described.entry(key).or_default().insert(said) {
                    true => operations.push(method.clone()),
                    false => repeated.push(method.clone()),
                }
            }
            pieces.push(Piece { document, group, path, location, operations, repeated });
        }
        pieces
    }

    /// Where a value stands, behind the references that stand for it.
    fn behind(&mut self, at: Location) -> Option<Location> {
        let mut at = at;
        let mut seen = HashSet::new();
        loop {
            let value = self.builder.shelf.value(&at)?;
            let Some(text) = reference_of(value).map(str::to_owned) else { return Some(at) };
            match self.builder.shelf.follow(at.file, &text, self.builder.diagnostics) {
                Reference::To(next) if seen.insert(next.clone()) => at = next,
                _ => return Some(at),
            }
        }
    }

    /// All that an operation says, what its path and its document say for it included.
    fn say(
        &mut self,
        document: usize,
        at: &Location,
        item: &Map<String, Value>,
        method: &str,
    ) -> Said {
        let root = Rc::clone(&self.builder.shelf.file(document).value);
        let mut whole: Map<String, Value> = item
            .iter()
            .filter(|(key, _)| !is_operation(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let mut operation = item[method].clone();
        if let Value::Object(operation) = &mut operation {
            if !operation.contains_key("servers") && !whole.contains_key("servers") {
                whole.insert("servers".to_owned(), servers_of(&root));
            }
            operation.entry("security").or_insert_with(|| security_of(&root));
        }
        whole.insert(method.to_owned(), operation);
        let spot = Spot { file: at.file, document };
        let builder = &mut *self.builder;
        let structure = Some(Structure::path_item());
        let value = Value::Object(whole);
        let mut said = describe_value(
            builder.shelf,
            builder.found,
            spot,
            &value,
            structure,
            builder.diagnostics,
        );
        for target in &mut said.targets {
            *target = self.same[*target];
        }
        said
    }

    /// New names for operations of other documents whose `operationId` is another operation's.
    fn rename_operations(&mut self, pieces: &[Piece]) -> HashMap<OperationKey, String> {
        let mut by_name: BTreeMap<String, Vec<(OperationKey, String)>> = BTreeMap::new();
        for piece in pieces {
            let item = self.builder.shelf.value(&piece.location);
            for method in &piece.operations {
                let id = item.and_then(|item| item.get(method)?.get("operationId")?.as_str());
                if let Some(id) = id {
                    let key = (piece.document, piece.group, piece.path.clone(), method.clone());
                    by_name.entry(value_name(id, id).0).or_default().push((key, id.to_owned()));
                }
            }
        }
        let mut renamed = HashMap::new();
        for meeting in by_name.into_values() {
            let documents: HashSet<usize> =
                meeting.iter().map(|((document, ..), _)| *document).collect();
            for (key, id) in meeting.into_iter().filter(|_| documents.len() > 1) {
                if key.0 != 0 {
                    let name = format!("{}_{id}", self.labels[key.0]);
                    renamed.insert(key, name);
                }
            }
        }
        renamed
    }

    /// Puts a path item into the document, beside the one of its path if there is one.
    fn insert(
        &mut self,
        piece: Piece,
        renamed: &HashMap<OperationKey, String>,
        document: &mut Value,
    ) {
        let Piece { document: from, group, path, location, operations, repeated } = piece;
        if operations.is_empty() && !repeated.is_empty() {
            return;
        }
        let Some(mut item) = self.builder.shelf.value(&location).cloned() else { return };
        let Some(members) = document.as_object_mut() else { return };
        let paths = members.entry(group).or_insert_with(|| json!({}));
        let Value::Object(paths) = paths else { return };
        let mut key = path.clone();
        if paths.contains_key(&key) {
            while paths.contains_key(&key) {
                key = format!("{key}#{}", self.labels[from]);
            }
            if let Value::Object(map) = &mut item
                && group == "paths"
            {
                map.insert(OWN_PATH.to_owned(), path.clone().into());
            }
        }
        let to = Pointer::default().key(group).key(&key);
        let number = self.builder.shelf.file(location.file).number;
        self.edited(&to, number, &location.pointer);
        if let Value::Object(map) = &mut item {
            map.retain(|key, _| !repeated.contains(key));
            self.settle_common(map, from, &to);
            for method in &operations {
                let id = renamed.get(&(from, group, path.clone(), method.clone()));
                if let (Some(id), Some(operation)) = (id, map.get_mut(method)) {
                    self.rename(operation, id, &to.key(method));
                }
            }
        }
        let spot = Spot { file: location.file, document: from };
        self.builder.rewrite(&mut item, Structure::path_item(), spot, &At::pointer_start(&to));
        paths.insert(key, item);
    }

    fn rename(&mut self, operation: &mut Value, name: &str, at: &Pointer) {
        let Some(Value::String(id)) = operation.get_mut("operationId") else { return };
        let message = format!("duplicate operationId `{id}`: this operation is named `{name}`");
        name.clone_into(id);
        self.builder.diagnostics.report(Code::NameCollision, &at.key("operationId"), message);
    }

    /// Writes what a document says for all its operations into the path item, where the first one says otherwise.
    fn settle_common(&mut self, item: &mut Map<String, Value>, document: usize, to: &Pointer) {
        let first = Rc::clone(&self.builder.shelf.file(0).value);
        let root = Rc::clone(&self.builder.shelf.file(document).value);
        let number = self.builder.shelf.file(document).number;
        if servers_of(&first) != servers_of(&root) && !item.contains_key("servers") {
            self.edited(&to.key("servers"), number, &Pointer::default().key("servers"));
            item.insert("servers".to_owned(), servers_of(&root));
        }
        let mut security = security_of(&root);
        let mut others = security_of(&first);
        self.builder.security(&mut security, document);
        self.builder.security(&mut others, 0);
        if security == others {
            return;
        }
        for (method, operation) in item.iter_mut().filter(|(key, _)| is_operation(key)) {
            if let Value::Object(operation) = operation
                && !operation.contains_key("security")
            {
                let at = to.key(method).key("security");
                self.edited(&at, number, &Pointer::default().key("security"));
                // As the document has it: it is rewritten with the operation.
                operation.insert("security".to_owned(), security_of(&root));
            }
        }
    }

    /// Tags and extensions that the documents before do not have, and the later version of OpenAPI.
    fn add_rest(&mut self, other: usize, document: &mut Value) {
        let root = Rc::clone(&self.builder.shelf.file(other).value);
        let number = self.builder.shelf.file(other).number;
        let (Value::Object(members), Some(others)) = (document, root.as_object()) else { return };
        let at = Pointer::default();
        if let (Some(Value::String(known)), Some(Value::String(version))) =
            (members.get_mut("openapi"), others.get("openapi"))
            && *version > *known
        {
            known.clone_from(version);
            self.edited(&at.key("openapi"), number, &at.key("openapi"));
        }
        for (key, value) in others.iter().filter(|(key, _)| key.starts_with("x-")) {
            if !members.contains_key(key) {
                members.insert(key.clone(), value.clone());
                self.edited(&at.key(key), number, &at.key(key));
            }
        }
        let Some(Value::Array(more)) = others.get("tags") else { return };
        let Value::Array(tags) = members.entry("tags").or_insert_with(|| json!([])) else { return };
        for (index, tag) in more.iter().enumerate() {
            if tags.iter().all(|known| known.get("name") != tag.get("name")) {
                let to = at.key("tags").index(tags.len());
                let from = at.key("tags").index(index);
                self.edited(&to, number, &from);
                tags.push(tag.clone());
            }
        }
    }

    fn edited(&mut self, to: &Pointer, file: usize, from: &Pointer) {
        self.builder.diagnostics.edited(Edit::FromFile {
            to: to.clone(),
            file,
            from: from.clone(),
        });
    }
}

fn is_operation(key: &str) -> bool {
    Structure::path_item().below(key).is_some_and(Structure::is_operation)
}

/// The servers of a document; without any it has one (OpenAPI 3.0.3, "OpenAPI Object").
fn servers_of(document: &Value) -> Value {
    match document.get("servers") {
        Some(servers @ Value::Array(list)) if !list.is_empty() => servers.clone(),
        _ => json!([{"url": "/"}]),
    }
}

fn security_of(document: &Value) -> Value {
    document.get("security").cloned().unwrap_or_else(|| json!([]))
}

/// The names of the members of a mapping; none if it is something else.
fn member_names(value: Option<&Value>) -> Vec<String> {
    let map = value.and_then(Value::as_object);
    map.into_iter().flat_map(|map| map.keys().cloned()).collect()
}
