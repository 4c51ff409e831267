use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Value;

use crate::diagnostics::{Code, Diagnostics, Pointer};
use crate::repair::settle_identifiers;
use crate::source::{self, Files, Input, Source, Version};
use crate::uri::{has_scheme, percent_decoded};

/// How many files are read beside the documents, and how many bytes in all.
const MOST_FILES: usize = 10_000;
const LARGEST: usize = 1 << 26;

/// How many references are followed in a row.
const LONGEST_CHAIN: usize = 64;

/// A place in one of the files.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Location {
    /// Which file of the shelf: the documents come first.
    pub(super) file: usize,
    pub(super) pointer: Pointer,
}

/// A file that has been read.
pub(super) struct File {
    /// What findings count it as.
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) value: Rc<Value>,
}

/// Where a reference leads.
#[derive(Clone, Debug)]
pub(super) enum Reference {
    To(Location),
    /// To a URL, or to a file where files are not given: later stages see to it.
    Away,
    /// Nowhere. Without a finding, what is wrong has been reported in the file itself.
    Broken(Option<Broken>),
}

/// What is wrong with a reference.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    pub(super) code: Code,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// A file of the shelf, or why it is none.
type Opened = Result<usize, Option<Broken>>;

/// All files, each read once.
pub(super) struct Shelf<'i> {
    files: Vec<File>,
    source: Option<&'i dyn Files>,
    by_name: HashMap<String, Opened>,
    /// By the file that refers to it, and how.
    found: HashMap<(usize, String), Opened>,
    references: HashMap<(usize, String), Reference>,
    /// The anchors of those files in which one was looked for.
    anchors: HashMap<usize, HashMap<String, Pointer>>,
    documents: usize,
    bytes: usize,
    first_number: usize,
}

impl<'i> Shelf<'i> {
    /// A shelf with the documents, each with the number that findings count it as.
    pub(super) fn new(input: &'i Input, documents: Vec<(usize, &Source, Value)>) -> Self {
        let mut shelf = Self {
            files: Vec::new(),
            source: input.files.as_deref(),
            by_name: HashMap::new(),
            found: HashMap::new(),
            references: HashMap::new(),
            anchors: HashMap::new(),
            documents: documents.len(),
            bytes: 0,
            first_number: input.number_of_others() + input.others.len(),
        };
        for (number, source, mut value) in documents {
            if Version::of(&value) >= Version::V31 {
                settle_identifiers(&mut value);
            }
            let name = source.name().to_owned();
            shelf.by_name.entry(name.clone()).or_insert(Ok(shelf.files.len()));
            shelf.files.push(File { number, name, value: Rc::new(value) });
        }
        shelf
    }

    /// How many of the files are documents of their own.
    pub(super) fn documents(&self) -> usize {
        self.documents
    }

    /// Roughly how many bytes all files take.
    pub(super) fn size(&self) -> usize {
        self.files.iter().map(|file| source::yaml::value_size(&file.value)).sum()
    }

    pub(super) fn file(&self, file: usize) -> &File {
        &self.files[file]
    }

    pub(super) fn value(&self, location: &Location) -> Option<&Value> {
        self.files[location.file].value.pointer(location.pointer.as_str())
    }

    /// Where the reference `text` in a file leads.
    pub(super) fn follow(
        &mut self,
        file: usize,
        text: &str,
        diagnostics: &mut Diagnostics,
    ) -> Reference {
        self.follow_on(file, text, 0, diagnostics)
    }

    fn follow_on(
        &mut self,
        file: usize,
        text: &str,
        hops: usize,
        diagnostics: &mut Diagnostics,
    ) -> Reference {
        let key = (file, text.to_owned());
        if let Some(known) = self.references.get(&key) {
            return known.clone();
        }
        let reference = self.look_up(file, text, hops, diagnostics);
        self.references.insert(key, reference.clone());
        reference
    }

    fn look_up(
        &mut self,
        file: usize,
        text: &str,
        hops: usize,
        diagnostics: &mut Diagnostics,
    ) -> Reference {
        let (path, fragment) = text.split_once('#').unwrap_or((text, ""));
        let target = match path {
            "" => file,
            _ if self.source.is_none() => return Reference::Away,
            path if has_scheme(path) => match self.find_by_identifier(file, path, diagnostics) {
                Some(target) => target,
                None => return Reference::Away,
            },
            path => match self.find(file, path, diagnostics) {
                Ok(target) => target,
                Err(broken) => return Reference::Broken(broken),
            },
        };
        let fragment = percent_decoded(fragment);
        let pointer = match fragment.is_empty() || fragment.starts_with('/') {
            true => Some(Pointer::from_text(fragment)),
            false => self.anchor(target, &fragment),
        };
        let location =
            pointer.map(|pointer| self.resolve(target, &pointer, hops, diagnostics)).transpose();
        match location {
            Ok(Some(Some(location))) => Reference::To(location),
            Ok(None | Some(None)) => {
                let name = &self.files[target].name;
                let message = match path {
                    "" => format!("the reference `{text}` does not resolve in this file"),
                    _ => format!("the reference `{text}` does not resolve in `{name}`"),
                };
                broken_reference(Code::UnresolvedReference, message)
            }
            Err(TooFar) => {
                let message = format!("the reference `{text}` is circular");
                broken_reference(Code::CircularReference, message)
            }
        }
    }

    /// The document that says itself that `uri` is its name, or the file that lies to another one as their names do.
    /// Nothing is fetched.
    fn find_by_identifier(
        &mut self,
        from: usize,
        uri: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<usize> {
        let is_named = |file: &File| identifier(&file.value) == Some(uri);
        if let Some(known) = self.files[..self.documents].iter().position(is_named) {
            return Some(known);
        }
        let own = identifier(&self.files[from].value)?;
        let path = relative(own, uri)?;
        let found = self.find(from, &path, diagnostics).ok()?;
        let name = identifier(&self.files[found].value);
        name.is_none_or(|name| name == uri).then_some(found)
    }

    /// The file that `path` leads to from another one; reads it if it has not been read.
    fn find(&mut self, from: usize, path: &str, diagnostics: &mut Diagnostics) -> Opened {
        let key = (from, path.to_owned());
        if let Some(known) = self.found.get(&key) {
            return known.clone();
        }
        let found = self.open(from, path, diagnostics);
        self.found.insert(key, found.clone());
        found
    }

    fn open(&mut self, from: usize, path: &str, diagnostics: &mut Diagnostics) -> Opened {
        let source = self.source.ok_or(None)?;
        let path = percent_decoded(path);
        let name =
            source.find(&self.files[from].name, &path).map_err(|why| refused_file(&path, why))?;
        if let Some(known) = self.by_name.get(&name) {
            return known.clone();
        }
        let opened = self.read(source, &path, &name, diagnostics);
        self.by_name.insert(name, opened.clone());
        opened
    }

    fn read(
        &mut self,
        source: &dyn Files,
        path: &str,
        name: &str,
        diagnostics: &mut Diagnostics,
    ) -> Opened {
        let read = self.files.len() - self.documents;
        if read >= MOST_FILES {
            let message = format!("`{path}`: too many files ({MOST_FILES} have been read)");
            return Err(Some(Broken { code: Code::TooComplex, message, help: None }));
        }
        let text =
            source.read(name, LARGEST - self.bytes).map_err(|why| refused_file(path, why))?;
        self.bytes = self.bytes.saturating_add(text.len()).min(LARGEST);
        let text = Source::new(name, text);
        let number = self.first_number + read;
        let value = source::read_any(number, text.text(), diagnostics);
        diagnostics.keep_file(text);
        let opened = if value.is_some() { Ok(self.files.len()) } else { Err(None) };
        let mut value = value.unwrap_or_default();
        // Names that schemas have beside their places are names in their file.
        settle_identifiers(&mut value);
        let value = Rc::new(value);
        self.files.push(File { number, name: name.to_owned(), value });
        opened
    }

    /// Where `pointer` leads in a file when references on the way are followed.
    fn resolve(
        &mut self,
        file: usize,
        pointer: &Pointer,
        hops: usize,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Location>, TooFar> {
        let mut file = file;
        let mut hops = hops;
        let mut todo: Vec<String> = pointer.segments().collect();
        loop {
            let root = Rc::clone(&self.files[file].value);
            let mut value = &*root;
            let mut at = Pointer::default();
            let mut steps = 0;
            while let Some(next) = todo.get(steps).and_then(|step| child_of(value, step)) {
                value = next;
                at = at.key(&todo[steps]);
                steps += 1;
            }
            if steps == todo.len() {
                return Ok(Some(Location { file, pointer: at }));
            }
            let Some(text) = reference_of(value) else { return Ok(None) };
            hops += 1;
            if hops > LONGEST_CHAIN {
                return Err(TooFar);
            }
            let Reference::To(location) = self.follow_on(file, text, hops, diagnostics) else {
                return Ok(None);
            };
            todo = location.pointer.segments().chain(todo.drain(steps..)).collect();
            file = location.file;
        }
    }

    fn anchor(&mut self, file: usize, name: &str) -> Option<Pointer> {
        let value = Rc::clone(&self.files[file].value);
        let anchors = self.anchors.entry(file).or_insert_with(|| {
            let mut anchors = HashMap::new();
            list_anchors(&value, &Pointer::default(), &mut anchors);
            anchors
        });
        anchors.get(name).cloned()
    }
}

/// What a file says that its name is.
fn identifier(value: &Value) -> Option<&str> {
    let name = ["$self", "$id"].iter().find_map(|key| value.get(*key)?.as_str())?;
    Some(name.split('#').next().unwrap_or(name))
}

/// The way from one URI to another one on the same host.
fn relative(from: &str, to: &str) -> Option<String> {
    let host = from.find("://").map(|at| at + 3)?;
    let alike = from.bytes().zip(to.bytes()).take_while(|(one, other)| one == other).count();
    let folder = from.as_bytes()[..alike].iter().rposition(|byte| *byte == b'/')? + 1;
    let up = "../".repeat(from[folder..].matches('/').count());
    (folder > host).then(|| format!("{up}{}", &to[folder..]))
}

/// There is no end to the references on the way.
struct TooFar;

fn refused_file(path: &str, why: source::Refusal) -> Option<Broken> {
    let message = format!("`{path}`: {}", why.reason);
    Some(Broken { code: Code::ExternalReference, message, help: why.help })
}

fn broken_reference(code: Code, message: String) -> Reference {
    Reference::Broken(Some(Broken { code, message, help: None }))
}

fn child_of<'v>(value: &'v Value, step: &str) -> Option<&'v Value> {
    match value {
        Value::Object(map) => map.get(step),
        Value::Array(list) => list.get(step.parse::<usize>().ok()?),
        _ => None,
    }
}

fn list_anchors(value: &Value, at: &Pointer, anchors: &mut HashMap<String, Pointer>) {
    match value {
        Value::Object(map) => {
            let named = ["$anchor", "$dynamicAnchor"].iter().filter_map(|key| map.get(*key));
            for name in named.filter_map(Value::as_str) {
                anchors.entry(name.to_owned()).or_insert_with(|| at.clone());
            }
            for (key, value) in map.iter().filter(|(_, value)| !value.is_string()) {
                list_anchors(value, &at.key(key), anchors);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate().filter(|(_, value)| !value.is_string()) {
                list_anchors(value, &at.index(index), anchors);
            }
        }
        _ => {}
    }
}

/// The reference, if the value is one.
pub(super) fn reference_of(value: &Value) -> Option<&str> {
    value.as_object()?.get("$ref")?.as_str()
}
