//! No two files of the uploader and the emulator import each other, not even by way of others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

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
        if path.is_dir() {
            read_modules(&path, &own, modules);
        } else if path.extension().is_some_and(|it| it == "rs") && name != "tests" && name != "main"
        {
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

fn imports(file: &syn::File) -> Vec<Module> {
    let mut paths = Vec::new();
    for item in &file.items {
        if let Item::Use(import) = item {
            flatten(&import.tree, &Vec::new(), &mut paths);
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
        let targets = imports(file).into_iter().filter_map(|path| resolve(&modules, module, &path));
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

#[test]
fn no_files_import_each_other() {
    for package in ["common", "emulator", "uploader"] {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(package).join("src");
        let graph = import_graph(&source);
        for module in graph.keys() {
            assert_eq!(find_cycle(&graph, module), None, "{package}");
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
