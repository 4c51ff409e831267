//! What a crate has that a reader looks for: where it stands in the crate, and what of the document it comes from.

use std::collections::HashMap;

use serde_json::Value;

use super::Outline;
use crate::diagnostics::Pointer;
use crate::extensions::WEBHOOK;
use crate::model::{Api, Group, Operation, TypeKind, TypeName, Webhook};
use crate::package::Package;

/// An operation, a type or a webhook of a crate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Its name in Rust.
    pub name: String,
    /// The module of the group that an operation belongs to, where there are several.
    pub group: Option<String>,
    /// What the document calls an operation, `GET /pets`, or a webhook.
    pub title: Option<String>,
    /// Where the document, after overlays and repairs, describes it.
    pub pointer: Option<Pointer>,
    /// The file of the crate that has it, with slashes.
    pub file: String,
    /// The line in that file, counted from 1.
    pub line: usize,
}

/// What an item of a crate is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ItemKind {
    /// A method that makes a request.
    Operation,
    /// A struct.
    Struct,
    /// An enum.
    Enum,
    /// Another name for a type.
    Alias,
    /// The struct of a request that the service sends.
    Webhook,
}

impl ItemKind {
    /// `operation`, `struct`, `enum`, `alias` or `webhook`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Operation => "operation",
            Self::Struct => "struct",
            Self::Enum => "enum",
            Self::Alias => "alias",
            Self::Webhook => "webhook",
        }
    }
}

/// The items of an API, in the order of the document, types by name. None has a line yet, and no type a pointer.
pub(super) fn list(api: &Api, document: &Value) -> Vec<Item> {
    let mut items = Vec::new();
    for group in &api.groups {
        items.extend(group.operations.iter().map(|known| operation(group, known)));
    }
    for definition in &api.types {
        let kind = match definition.kind {
            _ if definition.equal_to.is_some() => ItemKind::Alias,
            TypeKind::Record(_) | TypeKind::Newtype(_) | TypeKind::Tuple(_) => ItemKind::Struct,
            TypeKind::StringEnum(_) | TypeKind::IntegerEnum(_) | TypeKind::Union(_) => {
                ItemKind::Enum
            }
            TypeKind::Alias(_) => ItemKind::Alias,
        };
        let file = match &definition.module {
            Some(module) => format!("src/types/{}.rs", module.0),
            None => "src/types.rs".to_owned(),
        };
        items.push(Item {
            kind,
            name: definition.name.0.clone(),
            group: None,
            title: None,
            pointer: None,
            file,
            line: 1,
        });
    }
    let places = webhook_places(document);
    items.extend(api.webhooks.all.iter().map(|known| webhook(known, &places)));
    items
}

fn operation(group: &Group, operation: &Operation) -> Item {
    let method = operation.method.key();
    let sent = operation.custom_method.as_deref().unwrap_or(method).to_ascii_uppercase();
    let group = group.name.as_ref().map(|(module, _)| module.0.clone());
    Item {
        kind: ItemKind::Operation,
        name: operation.name.0.clone(),
        title: Some(format!("{sent} {}", operation.path)),
        pointer: Some(Pointer::default().key("paths").key(&operation.path).key(method)),
        file: match &group {
            Some(module) => format!("src/operations/{module}.rs"),
            None => "src/operations.rs".to_owned(),
        },
        group,
        line: 1,
    }
}

fn webhook(webhook: &Webhook, places: &HashMap<&str, Pointer>) -> Item {
    Item {
        kind: ItemKind::Webhook,
        name: webhook.name.0.clone(),
        group: None,
        title: Some(webhook.key.clone()),
        pointer: places.get(&*webhook.key).cloned(),
        file: "src/webhooks.rs".to_owned(),
        line: 1,
    }
}

/// Where each webhook is described: repairs made it a path item.
fn webhook_places(document: &Value) -> HashMap<&str, Pointer> {
    let paths = Pointer::default().key("paths");
    let mut places = HashMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        if let Some(key) = item[WEBHOOK].as_str() {
            places.entry(key).or_insert_with(|| paths.key(path));
        }
    }
    places
}

impl Outline {
    /// The operations, types and webhooks of the crate whose files `package` has: the operations and the webhooks in
    /// the order of the document, the types by name.
    ///
    /// # Examples
    ///
    /// ```
    /// use openapi_crate::{config::Config, generate, source::{Input, Source}};
    ///
    /// let document = "
    ///     openapi: 3.0.3
    ///     info: {title: Pets, version: '1'}
    ///     paths: {/pets: {get: {operationId: list_pets, responses: {'204': {description: None}}}}}
    /// ";
    /// let input = Input::new(Source::new("pets.yaml", document));
    /// let outcome = generate(&input, &Config::new("pets", "0.1.0")?);
    /// let package = outcome.package.unwrap();
    /// let item = outcome.outline.unwrap().items(&package).remove(0);
    /// assert_eq!(item.title.as_deref(), Some("GET /pets"));
    /// let line = package.files[&item.file].lines().nth(item.line - 1).unwrap();
    /// assert!(line.contains("pub fn list_pets(&self)"));
    /// # Ok::<(), String>(())
    /// ```
    #[must_use]
    pub fn items(&self, package: &Package) -> Vec<Item> {
        let homes = self.homes();
        let mut lines: HashMap<&str, Lines<'_>> = HashMap::new();
        let mut items = self.items.clone();
        for item in &mut items {
            let Some((path, text)) = package.files.get_key_value(&item.file) else { continue };
            let lines = lines.entry(path).or_insert_with(|| Lines::of(text));
            let known = match item.kind {
                ItemKind::Operation => lines.methods.get(&*item.name),
                _ => lines.types.get(&*item.name),
            };
            item.line = known.copied().unwrap_or(1);
            if item.pointer.is_none() {
                item.pointer = homes.get(&TypeName(item.name.clone())).cloned();
            }
        }
        items
    }
}

/// The lines of a file on which something begins, by its name.
#[derive(Default)]
struct Lines<'t> {
    types: HashMap<&'t str, usize>,
    /// The methods of the client, or else of a group of operations.
    methods: HashMap<&'t str, usize>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let mut lines = Self::default();
        let mut offers_operations = false;
        for (index, line) in text.lines().enumerate() {
            if line.starts_with("impl") {
                // A group has its accessor in the block of the client, and its operations in its own.
                offers_operations = line == "impl Client {" || line.ends_with("<'_> {");
                if line.ends_with("<'_> {") {
                    lines.methods.clear();
                }
            }
            // A macro may be around a type.
            let line = line.strip_prefix("    ").unwrap_or(line);
            let Some(rest) = line.strip_prefix("pub ") else { continue };
            let Some((keyword, rest)) = rest.split_once(' ') else { continue };
            // `pub use self::User as Owner;`
            let rest = match rest.split_once(" as ") {
                Some((_, name)) if keyword == "use" => name,
                _ => rest,
            };
            let rest = rest.strip_prefix("r#").unwrap_or(rest);
            let end = rest.find(|letter: char| letter != '_' && !letter.is_alphanumeric());
            let name = &rest[..end.unwrap_or(rest.len())];
            match keyword {
                "struct" | "enum" | "type" | "use" => lines.types.entry(name),
                "fn" if offers_operations => lines.methods.entry(name),
                _ => continue,
            }
            .or_insert(index + 1);
        }
        lines
    }
}
