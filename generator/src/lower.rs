//! From the parsed document to the model: judges and resolves everything, and carries on after a finding.

mod accept;
mod access;
mod aliases;
mod bodies;
mod checks;
mod client;
mod constructors;
mod contents;
mod depth;
mod enumerations;
mod equal_types;
mod errors;
mod flat;
mod forms;
mod groups;
mod kind;
mod large_modules;
mod limits;
mod media_type;
mod operations;
mod pagination;
mod parameters;
mod presence;
mod reached;
mod records;
mod recursion;
mod references;
mod reserved;
mod responses;
mod schemas;
mod scope;
mod security;
mod servers;
mod site;
mod streams;
mod tag_features;
mod tuples;
mod unions;
mod weakened;
mod webhooks;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use openapiv3::{OpenAPI, ReferenceOr, Schema, SchemaKind};
use serde_json::Value;

use crate::config::Config;
use crate::diagnostics::{Diagnostics, Pointer};
use crate::model::{Api, SecurityScheme, Server, Type, TypeDefinition, TypeName, Webhooks};
use crate::outline::Outline;
use crate::prose;
use access::Access;
use client::Wanted;
use limits::Limits;
use records::Promise;
use references::{Broken, Target};
use schemas::Lowered;
use scope::{Named, Scope};
use unions::UnionFacts;

/// The API that a document describes, which takes `size` bytes.
pub(crate) fn lower_document(
    document: &OpenAPI,
    size: usize,
    config: &Config,
    diagnostics: &mut Diagnostics,
) -> (Api, Outline) {
    let mut lowering = Lowering::new(document, size, diagnostics);
    lowering.lower_components();
    lowering.lower_servers();
    let mut operations = lowering.lower_operations();
    let mut webhooks = lowering.lower_webhooks();
    lowering.name_client();
    let mut types = std::mem::take(&mut lowering.types);
    let shared_errors = lowering.settle_errors(&mut operations, &webhooks, &mut types);
    presence::assign_presence(
        &mut types,
        &lowering.promises,
        &lowering.tags,
        operations.iter().map(|tagged| &tagged.operation),
        &webhooks,
    );
    // By name, so that which of two types holds the other boxed does not depend on the document's order.
    types.sort_by(|one, other| one.name.cmp(&other.name));
    recursion::break_cycles(&mut types);
    if config.merge_types.applies_to(operations.len()) {
        let plain = operations.iter().map(|tagged| &tagged.operation);
        let reached = reached::find_reached(&webhooks, plain, &types, config.unused);
        lowering.merge_equal_types(&mut types, &reached);
    }
    constructors::choose_constructors(&mut types, &mut lowering.type_names);
    aliases::replace_aliases(&mut operations, &types);
    constructors::settle_forms(&mut operations, &types, &mut lowering.operation_types);
    pagination::find_pagination(&mut operations, &types, lowering.diagnostics);
    let mut groups = lowering.group(operations, &mut types);
    reached::separate_webhook_types(&mut webhooks, &groups, &mut types, config.unused);
    let mut gates = tag_features::settle(&mut groups, &webhooks, &mut types, config.tag_features);
    large_modules::split_large_modules(&groups, &webhooks, &mut types, &mut gates);
    equal_types::file_with_kept(&mut types, &webhooks);
    let title = lowering.limit_line(&document.info.title, "title");
    let api_version = lowering.limit_line(&document.info.version, "version");
    let weakened_fields = lowering.count_weakened(&types);
    let outline = lowering.outline(&types, &webhooks);
    let api = Api {
        package: config.name.clone(),
        version: config.version.clone(),
        metadata: config.metadata.clone(),
        title: collapse_whitespace(title),
        api_version: collapse_whitespace(api_version),
        doc: prose::document_text(document.info.description.as_deref()),
        servers: lowering.servers,
        trusted_hosts: trusted_hosts(document),
        security_schemes: lowering.security_schemes,
        groups,
        webhooks,
        shared_errors,
        types,
        gates,
        weakened_fields,
    };
    (api, outline)
}

/// A text on one line.
fn collapse_whitespace(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The state of one lowering.
pub(crate) struct Lowering<'a, 'd> {
    document: &'a OpenAPI,
    diagnostics: &'d mut Diagnostics,
    /// The type of each component schema.
    components: HashMap<&'a str, TypeName>,
    /// Which component each type of a component is.
    component_names: HashMap<TypeName, &'a str>,
    /// The components that build on a component by `allOf`.
    children: HashMap<&'a str, Vec<&'a str>>,
    nullable_components: HashMap<&'a str, bool>,
    component_access: HashMap<&'a str, Access>,
    /// What is known of the schemas that unions lead to, by their places.
    union_facts: HashMap<Pointer, Rc<UnionFacts<'a>>>,
    /// What the members of unions take in the tables of these, by their places.
    member_sizes: HashMap<Pointer, usize>,
    /// The places that each place leads to from union to union.
    union_reach: HashMap<Pointer, HashSet<Pointer>>,
    type_names: Scope,
    /// The names of types that `x-rust-name` gives.
    given_names: HashSet<TypeName>,
    /// The names of the types that operations have beside those of the schemas.
    operation_types: Scope,
    /// The names of the builder's methods.
    builder: Scope,
    server_names: Scope,
    wanted_servers: Vec<Wanted>,
    wanted_variables: BTreeMap<String, Wanted>,
    wanted_schemes: Vec<Wanted>,
    types: Vec<TypeDefinition>,
    promises: HashMap<TypeName, Vec<Promise>>,
    /// The types of the schemas that were lowered, by where they stand.
    lowered: HashMap<Pointer, Lowered>,
    /// Where the references to schemas lead, those that were looked up.
    targets: HashMap<&'a str, Result<Rc<Target<'a>>, Broken>>,
    /// The places of the members of unions, by the union's place, where it was asked for.
    listed: HashMap<Pointer, HashSet<Pointer>>,
    /// The places of the members with several declarations that are being lowered, by the declarations.
    choices: HashMap<Vec<Pointer>, Pointer>,
    /// The schemas that are being lowered.
    open: HashSet<Pointer>,
    limits: Limits,
    servers: Vec<Server>,
    servers_by_url: HashMap<String, Vec<usize>>,
    security_schemes: Vec<SecurityScheme>,
    schemes_by_key: HashMap<String, usize>,
    /// The alternatives of the document's own `security`, once they are known.
    default_security: Option<Vec<Vec<usize>>>,
    weakened_fields: usize,
    /// The values that discriminators have for a type, each with the member that holds them.
    tags: HashMap<TypeName, HashMap<String, HashSet<String>>>,
    /// The components whose type is any JSON value although the document says more.
    weakened_types: HashSet<TypeName>,
}

impl<'a, 'd> Lowering<'a, 'd> {
    fn new(document: &'a OpenAPI, size: usize, diagnostics: &'d mut Diagnostics) -> Self {
        let mut lowering = Self {
            document,
            diagnostics,
            components: HashMap::new(),
            component_names: HashMap::new(),
            children: HashMap::new(),
            nullable_components: HashMap::new(),
            component_access: HashMap::new(),
            union_facts: HashMap::new(),
            member_sizes: HashMap::new(),
            union_reach: HashMap::new(),
            type_names: Scope::of_types(),
            given_names: HashSet::new(),
            operation_types: Scope::of_operations(),
            builder: Scope::reserving(reserved::BUILDER, ""),
            server_names: Scope::default(),
            wanted_servers: Vec::new(),
            wanted_variables: BTreeMap::new(),
            wanted_schemes: Vec::new(),
            types: Vec::new(),
            promises: HashMap::new(),
            lowered: HashMap::new(),
            targets: HashMap::new(),
            listed: HashMap::new(),
            choices: HashMap::new(),
            open: HashSet::new(),
            limits: Limits::of(size),
            servers: Vec::new(),
            servers_by_url: HashMap::new(),
            security_schemes: Vec::new(),
            schemes_by_key: HashMap::new(),
            default_security: None,
            weakened_fields: 0,
            tags: HashMap::new(),
            weakened_types: HashSet::new(),
        };
        lowering.name_components();
        lowering
    }

    /// What became of each schema.
    fn outline(&mut self, types: &[TypeDefinition], webhooks: &Webhooks) -> Outline {
        let schemas = Pointer::default().key("components").key("schemas");
        let mut all = std::mem::take(&mut self.lowered);
        for (key, name) in &self.components {
            let lowered = all.entry(schemas.key(key)).or_insert(Lowered {
                ty: Type::Named(name.clone()),
                nullable: self.nullable_components.get(key).is_some_and(|nullable| *nullable),
            });
            lowered.ty = Type::Named(name.clone());
        }
        let gated =
            |known: &&TypeDefinition| known.module.is_some() && known.module == webhooks.module;
        let gated = types.iter().filter(gated).map(|known| known.name.clone()).collect();
        let there: HashSet<&TypeName> = types.iter().map(|known| &known.name).collect();
        let all = all.into_iter().map(|(pointer, lowered)| (pointer, lowered.element()));
        let all = all.filter(|(_, ty)| ty.named().is_none_or(|name| there.contains(name)));
        Outline::new(all, gated)
    }

    /// Components have their names first, so that no inline type takes one.
    fn name_components(&mut self) {
        let Some(components) = &self.document.components else { return };
        for (key, schema) in &components.schemas {
            let given = match schema {
                ReferenceOr::Item(schema) => schema.schema_data.extensions.get("x-rust-name"),
                ReferenceOr::Reference { .. } => None,
            };
            let wanted = given.and_then(Value::as_str).unwrap_or(key);
            let place = Pointer::default().key("components").key("schemas").key(key);
            let named = Named { kind: "type", text: wanted, fallback: "Schema", place: &place };
            let name = self.type_names.claim_type(named, self.diagnostics);
            self.components.insert(key, name.clone());
            self.component_names.insert(name, key);
            for parent in parent_components(schema) {
                if let Some((parent, _)) = components.schemas.get_key_value(&parent) {
                    self.children.entry(parent).or_default().push(key);
                }
            }
        }
    }

    fn component_of(&self, name: &TypeName) -> Option<&'a str> {
        self.component_names.get(name).copied()
    }

    /// Looks at something whose findings are reported elsewhere.
    fn quietly<T>(&mut self, look: impl FnOnce(&mut Self) -> T) -> T {
        let mark = self.diagnostics.mark();
        let told = self.limits.told;
        let seen = look(self);
        self.diagnostics.rewind(mark);
        self.limits.told = told;
        seen
    }
}

/// The components that a schema builds on.
fn parent_components(schema: &ReferenceOr<Schema>) -> Vec<String> {
    let ReferenceOr::Item(schema) = schema else { return Vec::new() };
    let members = match &schema.schema_kind {
        SchemaKind::AllOf { all_of } => all_of,
        SchemaKind::Any(any) => &any.all_of,
        _ => return Vec::new(),
    };
    members.iter().filter_map(referenced_component).collect()
}

/// The component that a schema is a reference to.
fn referenced_component(schema: &ReferenceOr<Schema>) -> Option<String> {
    match schema {
        ReferenceOr::Reference { reference } => {
            references::component_name(reference, "schemas").map(Cow::into_owned)
        }
        ReferenceOr::Item(_) => None,
    }
}

/// The hosts of the extension `x-trusted-hosts`.
fn trusted_hosts(document: &OpenAPI) -> Vec<String> {
    let hosts = document.extensions.get("x-trusted-hosts").and_then(Value::as_array);
    hosts.into_iter().flatten().filter_map(|host| host.as_str().map(str::to_owned)).collect()
}
