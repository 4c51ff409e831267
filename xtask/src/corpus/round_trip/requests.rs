//! Requests that emitted methods make of generated values, taken apart by a server that knows the document alone.

mod calls;
mod credentials;
mod delivery;
mod made;
mod methods;
mod parameter;
mod plain;
mod program;
#[path = "../../../../generator/tests/server/server.rs"]
mod server;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use super::super::compile::read_file;
use super::document::Document;
use super::pointer::last_segment;
use methods::{Method, Module};

pub(super) use made::Request;
pub(super) use program::{CLIENT, MULTIPART, PROGRAM};

/// The methods of a crate that make requests.
#[derive(Default)]
pub(super) struct Methods {
    modules: Vec<Module>,
    /// The operations in the document's order.
    operations: Vec<Operation>,
}

/// An operation, and the method that makes its requests.
pub(super) struct Operation {
    /// Where the document describes it.
    pub(super) pointer: String,
    /// The template of its path.
    path: String,
    /// The function of the probe.
    pub(super) way: String,
    module: usize,
    method: usize,
}

/// An operation's pointer, its group and its name.
pub(in crate::corpus) type Entry = (String, Option<String>, String);

impl Methods {
    /// Reads the methods of the crate in `folder`; `entries` are its operations.
    pub(super) fn read(
        document: &Document,
        folder: &Path,
        entries: Vec<Entry>,
    ) -> Result<Self, String> {
        let mut methods = Self::default();
        let mut known: BTreeMap<Option<String>, usize> = BTreeMap::new();
        for (pointer, group, name) in entries {
            let module = match known.get(&group) {
                Some(module) => *module,
                None => {
                    let file = match &group {
                        Some(group) => folder.join(format!("src/operations/{group}.rs")),
                        None => folder.join("src/operations.rs"),
                    };
                    methods.modules.push(Module::parse(group.as_deref(), &read_file(&file)?)?);
                    known.insert(group, methods.modules.len() - 1);
                    methods.modules.len() - 1
                }
            };
            let all = &methods.modules[module].methods;
            let is_it = |method: &Method| calls::plain_name(&method.name) == name;
            let method = all.iter().position(is_it).ok_or_else(|| format!("no method {name}"))?;
            let way = format!("operations::m{module}::way_{method}");
            let (item, _) = pointer.rsplit_once('/').unwrap_or_default();
            let path = last_segment(item);
            let pointer = document.operation_at(&pointer);
            methods.operations.push(Operation { pointer, path, way, module, method });
        }
        Ok(methods)
    }

    /// The functions of the probe that make requests.
    pub(super) fn ways(&self) -> impl Iterator<Item = &str> {
        self.operations.iter().map(|operation| operation.way.as_str())
    }

    /// Adds the module of these functions to that of the crate, which is `root`.
    pub(super) fn write(&self, text: &mut String, root: &str) {
        text.push_str("    pub mod operations {\n");
        for (index, module) in self.modules.iter().enumerate() {
            let source = calls::write_module(module, root);
            let _ = writeln!(text, "pub mod m{index} {{\n{source}}}");
        }
        text.push_str("    }\n");
    }

    fn module_of(&self, operation: &Operation) -> &Module {
        &self.modules[operation.module]
    }

    fn method_of(&self, operation: &Operation) -> &Method {
        &self.module_of(operation).methods[operation.method]
    }
}

impl Operation {
    /// The parameters in the template of its path.
    fn path_parameters(&self) -> impl Iterator<Item = &str> {
        let path = self.path.split(['?', '#']).next().unwrap_or_default();
        path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
    }
}
