//! The cargo features that bring groups of operations and their types.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::code::{value_ident, wrap_list};
use super::response;
use crate::model::{Api, Group, OTHER_TYPES, Response, TypeName, ValueName};

/// The features, but for [`OTHER_TYPES`], each with its group.
fn of_groups(api: &Api) -> impl Iterator<Item = (&str, &Group)> {
    api.groups.iter().filter_map(|group| Some((group.feature.as_deref()?, group)))
}

/// Whether groups of operations have features.
pub(crate) fn are_used(api: &Api) -> bool {
    of_groups(api).next().is_some()
}

/// The attribute of what any of some features brings; nothing for what is always there.
pub(crate) fn gate<'a>(features: impl IntoIterator<Item = &'a String>) -> String {
    let features: Vec<String> =
        features.into_iter().map(|feature| format!("feature = {feature:?}")).collect();
    match &features[..] {
        [] => String::new(),
        [one] => format!("#[cfg({one})]\n"),
        _ => wrap_list("#[cfg(any(", "    ", &features, ",") + "))]\n",
    }
}

/// All of them, sorted, and [`OTHER_TYPES`] at the end: even if there are no such types, so that it stays when
/// operations use the last one.
pub(crate) fn names(api: &Api) -> Vec<&str> {
    let mut names: Vec<&str> = of_groups(api).map(|(name, _)| name).collect();
    names.sort_unstable();
    if !names.is_empty() {
        names.push(OTHER_TYPES);
    }
    names
}

/// The features that are on by default beside `client`, and the lines of `Cargo.toml` for all of them.
pub(crate) fn manifest(api: &Api) -> (&'static str, String) {
    let names = names(api);
    if names.is_empty() {
        return ("", String::new());
    }
    let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    let all = wrap_list("all = [", "  ", &quoted, ",");
    let each: String = names.iter().map(|name| format!("{name} = []\n")).collect();
    let about = "# The operations by their tags, with the types that they use.";
    (", \"all\"", format!("{about}\n{all}]\n{each}"))
}

/// What the README says of them.
pub(crate) fn readme(api: &Api) -> String {
    let mut groups: Vec<(&str, &Group)> = of_groups(api).collect();
    let Some(&(first, _)) = groups.first() else { return String::new() };
    groups.sort_unstable_by_key(|(feature, _)| *feature);
    let name = &api.package;
    let mut text = format!(
        "## Tags\n\n\
         Each tag of the document has a feature, which brings its operations and the types that they use. The default \
         feature `all` turns on all of them. A program that uses a few compiles much faster if it names them:\n\n\
         ```toml\n[dependencies]\n{name} = {{ version = \"{version}\", default-features = false, features = [\"client\", \"ring\", \"{first}\"] }}\n```\n\n\
         | feature | operations |\n|---|---|\n",
        version = api.version,
    );
    for (feature, group) in groups {
        let Some((accessor, _)) = &group.name else { continue };
        let names: Vec<String> = group
            .operations
            .iter()
            .map(|operation| {
                format!("`{}().{}`", value_ident(accessor), value_ident(&operation.name))
            })
            .collect();
        text += &format!("| `{feature}` | {} |\n", names.join(", "));
    }
    text + &format!("| `{OTHER_TYPES}` | none: types that no operation uses |\n\n")
}

/// Enums of errors by their names.
pub(crate) type Errors<'a> = BTreeMap<&'a TypeName, &'a Vec<Response>>;

/// Enums of errors that operations of the same groups have.
pub(crate) struct SharedErrors<'a> {
    /// Their module; `None` if they are always there.
    pub(crate) module: Option<ValueName>,
    /// The features of which any brings them.
    pub(crate) features: BTreeSet<String>,
    /// The enums.
    pub(crate) errors: Errors<'a>,
}

/// The enums of errors that several operations have.
pub(crate) fn shared_errors(api: &Api) -> Vec<SharedErrors<'_>> {
    let mut sets: BTreeMap<BTreeSet<String>, Errors<'_>> = BTreeMap::new();
    for (name, responses) in &api.shared_errors.enums {
        sets.entry(users(api, name)).or_default().insert(name, responses);
    }
    let modules = api.groups.iter().filter_map(|group| group.name.as_ref());
    let mut taken: HashSet<String> = modules.map(|(module, _)| module.0.clone()).collect();
    let mut shared = Vec::new();
    for (features, errors) in sets {
        let first = errors.keys().next().filter(|_| !features.is_empty());
        let module = first.map(|name| name_module(name, &mut taken));
        shared.push(SharedErrors { module, features, errors });
    }
    shared
}

/// The features of the groups whose operations have an error; none if groups have none.
fn users(api: &Api, error: &TypeName) -> BTreeSet<String> {
    let mut features = BTreeSet::new();
    for group in &api.groups {
        let mut operations = group.operations.iter();
        if operations.any(|operation| response::shared_error(api, operation) == Some(error)) {
            features.extend(group.feature.clone());
        }
    }
    features
}

/// Names the module of some errors after the first of them, and no other module of operations so.
fn name_module(first: &TypeName, taken: &mut HashSet<String>) -> ValueName {
    // In lower case, names that differed may be the same.
    let mut module = format!("shared_{}", first.0.to_lowercase());
    while !taken.insert(module.clone()) {
        module.push('_');
    }
    ValueName(module)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::name_module;
    use crate::model::TypeName;

    #[test]
    fn no_two_modules_have_one_name() {
        let mut taken = HashSet::from(["shared_notfound".to_owned()]);
        let name = |first: &str, taken: &mut _| name_module(&TypeName(first.to_owned()), taken).0;
        assert_eq!(name("NotFound", &mut taken), "shared_notfound_");
        assert_eq!(name("Notfound", &mut taken), "shared_notfound__");
        assert_eq!(name("Gone", &mut taken), "shared_gone");
    }
}
