use std::{
    collections::HashMap,
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use openapi_crate::source::{Files, Refusal};

use super::files::{self, STDIN};

/// The files that documents may refer to: those in the documents' folders, or in the one of `--root`.
pub(super) struct Tree {
    /// The folders, with all links resolved, and what the command line calls them.
    roots: Vec<(PathBuf, PathBuf)>,
    known: Mutex<Known>,
}

/// What was found so far.
#[derive(Default)]
struct Known {
    names: HashMap<PathBuf, String>,
    places: HashMap<String, PathBuf>,
    /// The folder that the references of a file start from.
    folders: HashMap<String, PathBuf>,
}

impl Tree {
    /// The files that these documents may refer to.
    pub(super) fn new(documents: &[PathBuf], root: Option<&Path>) -> Result<Self, String> {
        let mut roots = Vec::new();
        let mut known = Known::default();
        if let Some(root) = root {
            let name = root.display();
            let place = fs::canonicalize(root)
                .map_err(|error| format!("{name}: {}", files::describe_io_error(&error)))?;
            if !place.is_dir() {
                return Err(format!("{name}: not a directory"));
            }
            known.folders.insert(STDIN.to_owned(), place.clone());
            roots.push((place, root.to_owned()));
        }
        for document in documents {
            // What cannot be read is reported where it is read; a pipe has no folder.
            let Some(place) = fs::canonicalize(document).ok().filter(|place| place.is_file())
            else {
                continue;
            };
            let folder = document.parent().unwrap_or(Path::new(""));
            let here = if folder == Path::new("") { Path::new(".") } else { folder };
            let Ok(start) = fs::canonicalize(here) else { continue };
            let name = document.display().to_string();
            known.names.insert(place.clone(), name.clone());
            known.places.insert(name.clone(), place);
            known.folders.insert(name, start.clone());
            if root.is_none() {
                roots.push((start, folder.to_owned()));
            }
        }
        Ok(Self { roots, known: Mutex::new(known) })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What messages call a file; nothing if it is outside of all folders.
    fn name(&self, place: &Path) -> Option<String> {
        let mut names = self.roots.iter().filter_map(|(root, name)| {
            let rest = place.strip_prefix(root).ok()?;
            Some(if name == Path::new(".") { rest.to_owned() } else { name.join(rest) })
        });
        names.next().map(|name| name.display().to_string())
    }

    fn outside(&self) -> Refusal {
        let reason = match &self.roots[..] {
            [(_, root)] if root != Path::new("") => format!("outside `{}`", root.display()),
            [_] => "outside the document's directory".to_owned(),
            _ => "outside the documents' directories".to_owned(),
        };
        let help = "`--root DIRECTORY` sets the directory that documents may refer to";
        Refusal { help: Some(help.to_owned()), ..Refusal::new(reason) }
    }
}

impl Files for Tree {
    fn find(&self, from: &str, path: &str) -> Result<String, Refusal> {
        let mut known = self.known();
        let Some(folder) = known.folders.get(from) else {
            let help = "`--root DIRECTORY` sets the directory that its references are relative to";
            let refusal = Refusal::new(format!("{from} has no directory"));
            return Err(Refusal { help: Some(help.to_owned()), ..refusal });
        };
        let place = fs::canonicalize(folder.join(path))
            .map_err(|error| Refusal::new(files::describe_io_error(&error)))?;
        if let Some(name) = known.names.get(&place) {
            return Ok(name.clone());
        }
        let name = self.name(&place).ok_or_else(|| self.outside())?;
        if let Some(folder) = place.parent() {
            known.folders.insert(name.clone(), folder.to_owned());
        }
        known.places.insert(name.clone(), place.clone());
        known.names.insert(place, name.clone());
        Ok(name)
    }

    fn read(&self, name: &str, longest: usize) -> Result<String, Refusal> {
        let place = self.known().places.get(name).cloned();
        let place = place.ok_or_else(|| Refusal::new("no such file"))?;
        let unread = |error| Refusal::new(files::describe_io_error(&error));
        // Before it is opened: to open a pipe is to wait for somebody who writes.
        let metadata = fs::metadata(&place).map_err(unread)?;
        if metadata.is_dir() {
            return Err(Refusal::new("is a directory, not a file"));
        }
        if !metadata.is_file() {
            return Err(Refusal::new("not a regular file"));
        }
        let mut bytes = Vec::new();
        let most = u64::try_from(longest).unwrap_or(u64::MAX);
        if metadata.len() <= most {
            let file = File::open(&place).map_err(unread)?;
            file.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(unread)?;
        }
        if metadata.len() > most || bytes.len() > longest {
            return Err(Refusal::new(format!("too large: at most {longest} bytes can be read")));
        }
        files::decode_utf8(bytes).map_err(Refusal::new)
    }
}
