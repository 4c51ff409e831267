//! No two files of a package import each other, not even by way of others; and which part of a package may import which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Item, UseTree};

/// The path of a module within its crate.
type Module = Vec<String>;

/// The files of a crate by their modules; `lib.rs` and `main.rs` are the empty path.
fn read_modules(folder: &Path, module: &Module, modules: &mut BTreeMap<Module, syn::File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut own = module.clone();
        own.push(name.clone());
        if name == "tests" || name == "main" {
            continue;
        } else if path.is_dir() {
            read_modules(&path, &own, modules);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
            modules.insert(if name == "lib" { Vec::new() } else { own }, file);
        }
    }
}

/// The paths that a tree of imports names.
fn flatten(tree: &UseTree, prefix: &Module, paths: &mut Vec<Module>) {
    let mut path = prefix.clone();
    match tree {
        UseTree::Path(inner) => {
            path.push(inner.ident.to_string());
            flatten(&inner.tree, &path, paths);
        }
        UseTree::Name(name) => {
            path.push(name.ident.to_string());
            paths.push(path);
        }
        UseTree::Rename(rename) => {
            path.push(rename.ident.to_string());
            paths.push(path);
        }
        UseTree::Glob(_) => paths.push(path),
        UseTree::Group(group) => group.items.iter().for_each(|item| flatten(item, &path, paths)),
    }
}

/// The paths outside of imports that start with `crate`, `self` or `super`.
fn collect_paths(tokens: TokenStream, paths: &mut Vec<Module>) {
    let mut path = Module::new();
    let mut colons = 0;
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ':' => {
                colons += 1;
                continue;
            }
            TokenTree::Ident(word) => {
                let word = word.to_string();
                if colons != 2 || path.is_empty() {
                    paths.extend((path.len() > 1).then_some(path));
                    path = Module::new();
                }
                if !path.is_empty() || ["crate", "self", "super"].contains(&word.as_str()) {
                    path.push(word);
                }
            }
            // `pub(in crate::path)` imports nothing.
            TokenTree::Group(group) if group.to_string().starts_with("(in ") => {}
            TokenTree::Group(group) => collect_paths(group.stream(), paths),
            _ => {}
        }
        colons = 0;
    }
    paths.extend((path.len() > 1).then_some(path));
}

/// The paths that a file imports.
fn imports(file: &syn::File) -> Vec<Module> {
    let mut paths = Vec::new();
    for item in &file.items {
        if let Item::Use(import) = item {
            flatten(&import.tree, &Vec::new(), &mut paths);
        }
    }
    paths
}

/// The paths that a file imports or names, except in modules within the file, which are tests.
fn named_paths(file: &syn::File) -> Vec<Module> {
    let mut paths = imports(file);
    for item in &file.items {
        if !matches!(item, Item::Use(_) | Item::Mod(_)) {
            collect_paths(item.to_token_stream(), &mut paths);
        }
    }
    paths
}

/// The module that `path` leads to when `module` imports it, through re-exports of other modules.
fn resolve(
    modules: &BTreeMap<Module, syn::File>,
    module: &Module,
    path: &[String],
) -> Option<Module> {
    let (mut current, mut rest) = match path.first()?.as_str() {
        "crate" => (Vec::new(), &path[1..]),
        "self" => (module.clone(), &path[1..]),
        "super" => (module[..module.len() - 1].to_vec(), &path[1..]),
        name if modules.contains_key(&[module.as_slice(), &[name.to_owned()]].concat()) => {
            (module.clone(), path)
        }
        _ => return None,
    };
    while rest.first().is_some_and(|name| name == "super") {
        current.pop();
        rest = &rest[1..];
    }
    while let Some(name) = rest.first() {
        let next = [current.as_slice(), std::slice::from_ref(name)].concat();
        if !modules.contains_key(&next) {
            break;
        }
        current = next;
        rest = &rest[1..];
    }
    let re_export = rest.first().and_then(|name| {
        let paths = imports(modules.get(&current)?);
        paths.into_iter().find(|path| path.last() == Some(name) && *module != current)
    });
    let target = re_export.and_then(|path| resolve(modules, &current, &path));
    target.or_else(|| (!current.is_empty()).then_some(current))
}

/// Which modules each one imports; a module and those within it are one family, and do not count.
fn import_graph(source: &Path) -> BTreeMap<Module, BTreeSet<Module>> {
    let mut modules = BTreeMap::new();
    read_modules(source, &Vec::new(), &mut modules);
    let mut graph = BTreeMap::new();
    for (module, file) in modules.iter().filter(|(module, _)| !module.is_empty()) {
        let targets =
            named_paths(file).into_iter().filter_map(|path| resolve(&modules, module, &path));
        let foreign =
            targets.filter(|target| !target.starts_with(module) && !module.starts_with(target));
        graph.insert(module.clone(), foreign.collect());
    }
    graph
}

/// A path from `module` back to itself, if there is one.
fn find_cycle(graph: &BTreeMap<Module, BTreeSet<Module>>, module: &Module) -> Option<Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut paths = vec![vec![module]];
    while let Some(path) = paths.pop() {
        for next in graph.get(*path.last()?).into_iter().flatten() {
            let longer = [path.as_slice(), &[next]].concat();
            if next == module {
                return Some(longer.into_iter().map(|module| module.join("::")).collect());
            }
            if seen.insert(next) {
                paths.push(longer);
            }
        }
    }
    None
}

/// The folders with the sources of the packages.
fn sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let members = manifest.lines().find_map(|line| line.strip_prefix("members = ")).unwrap();
    let members = members.split('"').skip(1).step_by(2);
    members.map(|member| root.join(member).join("src")).collect()
}

#[test]
fn no_files_import_each_other() {
    for source in sources() {
        let graph = import_graph(&source);
        for module in graph.keys() {
            assert_eq!(find_cycle(&graph, module), None, "{}", source.display());
        }
    }
}

#[test]
fn the_rules_of_the_emulator_import_neither_storage_nor_http() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../emulator/src");
    let graph = import_graph(&source);
    assert!(
        graph[&vec!["store".to_owned()]].contains(&vec!["service".to_owned(), "blob".to_owned()])
    );
    for (module, targets) in graph.iter().filter(|(module, _)| module[0] == "service") {
        for target in targets {
            let forbidden = ["backend", "fault", "http", "store"].contains(&target[0].as_str());
            assert!(!forbidden, "{} imports {}", module.join("::"), target.join("::"));
        }
    }
}

/// What each module of the generator's library imports. Three stages import a later one: `source` keeps the caller's
/// selection of operations, `bundle` finds references with the table of `repair`, and `emit` fills a `package`.
const GENERATOR_IMPORTS: &[(&str, &[&str])] = &[
    // Stages.
    ("source", &["diagnostics", "select"]),
    ("bundle", &["diagnostics", "extensions", "names", "repair", "source", "uri"]),
    ("overlay", &["diagnostics"]),
    ("select", &["diagnostics", "source"]),
    ("repair", &["diagnostics", "extensions", "prose", "source", "uri"]),
    (
        "lower",
        &["config", "diagnostics", "extensions", "model", "names", "outline", "prose", "uri"],
    ),
    ("emit", &["baseline", "config", "model", "package", "prose"]),
    ("package", &[]),
    // What stages share.
    ("config", &["diagnostics", "source"]),
    ("diagnostics", &["source"]),
    ("extensions", &[]),
    ("model", &["config"]),
    ("names", &["model"]),
    ("prose", &["model"]),
    ("uri", &[]),
    // What is told about a document or its crate.
    ("baseline", &["select"]),
    ("description", &["config", "diagnostics", "model", "source"]),
    ("diff", &["description", "diagnostics", "emit", "extensions", "model", "prose", "source"]),
    ("outline", &["diagnostics", "emit", "extensions", "model", "package"]),
    ("summary", &["model"]),
    // The command uses the library from outside.
    ("command", &[]),
];

#[test]
fn the_modules_of_the_generator_import_what_the_table_says() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generator/src");
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (module, targets) in import_graph(&source) {
        let imports = found.entry(module[0].clone()).or_default();
        imports.extend(targets.into_iter().map(|target| target[0].clone()));
        imports.remove(&module[0]);
    }
    let found = found.into_iter().map(|(module, imports)| (module, Vec::from_iter(imports)));
    let table = GENERATOR_IMPORTS.iter().map(|(module, imports)| {
        let imports = imports.iter().map(ToString::to_string);
        (module.to_string(), imports.collect::<Vec<String>>())
    });
    assert_eq!(BTreeMap::from_iter(found), BTreeMap::from_iter(table));
}

#[test]
fn only_the_stage_emit_of_the_generator_uses_quote_and_syn() {
    let mut modules = BTreeMap::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generator/src");
    read_modules(&source, &Vec::new(), &mut modules);
    for (module, file) in modules.iter().filter(|(module, _)| !module.is_empty()) {
        let uses = imports(file).iter().any(|path| {
            ["prettyplease", "proc_macro2", "quote", "syn"].contains(&path[0].as_str())
        });
        assert!(!uses || module[0] == "emit", "{}", module.join("::"));
    }
}
