//! A cargo feature for each group of operations, and which features bring each type.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::reached::{described_types, reachable_types, types_of};
use crate::config::When;
use crate::model::{Group, OTHER_TYPES, Type, TypeDefinition, TypeName, ValueName, Webhooks};
use crate::names;

/// More groups than this have none: registries accept 300 features per crate.
const MOST: usize = 250;

/// The module of the types that are always there.
const SHARED: &str = "shared";

/// Names that no group's feature has: the features that emitted crates have beside, and names that such a
/// feature may need some day. It would be a breaking change to take one from a group then.
pub(crate) const RESERVED: &[&str] = &[
    "all",
    "aws-lc-rs",
    "base64",
    "bytes",
    "chrono",
    "client",
    "decimal",
    "default",
    "fetch",
    "full",
    "futures-core",
    "http",
    "http-body",
    "http1",
    "http2",
    "http3",
    "hyper",
    "hyper-rustls",
    "hyper-util",
    "jiff",
    "js-sys",
    "mock",
    "native-roots",
    "native-tls",
    OTHER_TYPES,
    "percent-encoding",
    "platform-verifier",
    "proxy",
    "reqwest",
    "retry",
    "ring",
    "rust-decimal",
    "rustls",
    "rustls-native-certs",
    "serde",
    "serde-json",
    "std",
    "time",
    "tls",
    "tokio",
    "tokio-rustls",
    "tower",
    "tower-layer",
    "tower-service",
    "tracing",
    "url",
    "uuid",
    "wasm",
    "wasm-bindgen",
    "wasm-bindgen-futures",
    "webhooks",
    "webpki-roots",
];

/// Gives each group a feature, if that is wanted, and puts types that the same features bring into one module.
/// Returns the features that bring each module.
pub(crate) fn settle(
    groups: &mut [Group],
    webhooks: &Webhooks,
    types: &mut [TypeDefinition],
    wanted: When,
) -> BTreeMap<ValueName, BTreeSet<String>> {
    let operations: usize = groups.iter().map(|group| group.operations.len()).sum();
    let grouped = groups.iter().all(|group| group.name.is_some());
    if !wanted.applies_to(operations) || !grouped || groups.is_empty() || groups.len() > MOST {
        return BTreeMap::new();
    }
    name(groups);
    let users = find_users(groups, webhooks, types);
    file(groups, webhooks, types, users)
}

/// Names each group's feature after its module. Where that name is reserved it gets another one, after the others
/// have theirs.
fn name(groups: &mut [Group]) {
    let mut taken: HashSet<String> = RESERVED.iter().map(|&name| name.to_owned()).collect();
    let (reserved, others): (Vec<&mut Group>, Vec<&mut Group>) =
        groups.iter_mut().partition(|group| taken.contains(&plain_name(group)));
    for group in others.into_iter().chain(reserved) {
        let mut feature = plain_name(group);
        while !taken.insert(feature.clone()) {
            feature.push_str("-api");
        }
        group.feature = Some(feature);
    }
}

fn plain_name(group: &Group) -> String {
    let module = group.name.as_ref().map_or("", |(module, _)| &module.0);
    module.trim_end_matches('_').replace('_', "-")
}

/// The features of which any brings each type; `None` for a type that is always there.
fn find_users(
    groups: &[Group],
    webhooks: &Webhooks,
    types: &[TypeDefinition],
) -> Vec<Option<BTreeSet<String>>> {
    let index: HashMap<&TypeName, usize> =
        types.iter().enumerate().map(|(at, known)| (&known.name, at)).collect();
    let mut users = vec![BTreeSet::new(); types.len()];
    let mut described = described_types(types, &index, webhooks.types());
    for group in groups {
        let Some(feature) = &group.feature else { continue };
        let sent = types_of(&group.operations);
        described.extend(described_types(types, &index, sent.iter().copied()));
        add_user(&mut users, feature, reachable_types(types, &index, sent));
    }
    add_user(&mut users, "webhooks", reachable_types(types, &index, webhooks.types()));
    // A type stays among these when another one is equal.
    let unused = types.iter().enumerate().filter(|(at, _)| !described.contains(at));
    let unused: Vec<Type> = unused.map(|(_, known)| Type::Named(known.name.clone())).collect();
    add_user(&mut users, OTHER_TYPES, reachable_types(types, &index, &unused));
    // What is erased has a number in the list of all types.
    let erased = types.iter().flat_map(|known| known.kind.contents());
    let always = reachable_types(types, &index, erased.filter(|ty| ty.erased().is_some()));
    // What all groups use has their features too: without them, the next group would take it from who turned on none.
    let settle = |(at, users): (usize, BTreeSet<String>)| (!always.contains(&at)).then_some(users);
    users.into_iter().enumerate().map(settle).collect()
}

fn add_user(users: &mut [BTreeSet<String>], feature: &str, found: HashSet<usize>) {
    for at in found {
        users[at].insert(feature.to_owned());
    }
}

/// Puts each type into the module of those that have the same users.
fn file(
    groups: &[Group],
    webhooks: &Webhooks,
    types: &mut [TypeDefinition],
    users: Vec<Option<BTreeSet<String>>>,
) -> BTreeMap<ValueName, BTreeSet<String>> {
    let mut modules: BTreeMap<BTreeSet<String>, ValueName> = BTreeMap::new();
    for group in groups {
        if let (Some((name, _)), Some(feature)) = (&group.name, &group.feature) {
            modules.insert(BTreeSet::from([feature.clone()]), name.clone());
        }
    }
    let mut taken: HashSet<ValueName> = modules.values().cloned().collect();
    let mut gates = BTreeMap::new();
    for (definition, users) in types.iter_mut().zip(users) {
        if definition.equal_to.is_some() {
            continue;
        }
        if definition.module.is_some() && definition.module == webhooks.module {
            continue;
        }
        let Some(users) = users else {
            definition.module = Some(ValueName(SHARED.to_owned()));
            continue;
        };
        // Named after its first type, so that another module more does not rename the others.
        let module = modules.entry(users.clone()).or_insert_with(|| {
            free(&format!("{SHARED}_{}", names::value_name(&definition.name.0, "").0), &mut taken)
        });
        definition.module = Some(module.clone());
        gates.insert(module.clone(), users);
    }
    gates
}

/// A name like the wanted one that no other module has.
fn free(wanted: &str, taken: &mut HashSet<ValueName>) -> ValueName {
    let mut name = ValueName(wanted.to_owned());
    while !taken.insert(name.clone()) {
        name.0.push('_');
    }
    name
}
