use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use openapi_crate::source::{self, Input, Refusal, Source};

use super::{files, tree::Tree};

/// Reads the documents of one crate and says where the files are that they refer to: `PATH`, or `REV:PATH` for what a
/// revision of the git repository has.
pub(super) fn read_input(documents: &[PathBuf], files: &mut files::Files) -> Result<Input, String> {
    let mut sources = documents.iter().map(|path| read_source(path, files));
    let first = sources.next().ok_or("no document is given")??;
    let others = sources.collect::<Result<Vec<Source>, String>>()?;
    let named = documents[0].display().to_string();
    let files: Arc<dyn source::Files> = match split_revision(&documents[0], &named) {
        Some((revision, file)) => {
            let folder = Path::new(file).parent().unwrap_or(Path::new("")).to_owned();
            Arc::new(Revision { name: revision.to_owned(), folder })
        }
        None => Arc::new(Tree::new(documents, None)?),
    };
    Ok(Input { others, files: Some(files), ..Input::new(first) })
}

/// Reads a file, or what a revision of the git repository has under its name.
pub(super) fn read_source(path: &Path, files: &mut files::Files) -> Result<Source, String> {
    let name = path.display().to_string();
    match split_revision(path, &name) {
        Some((revision, file)) => match read_from_git(revision, file) {
            Ok(text) => Ok(Source::new(name, text)),
            Err(reason) => Err(format!("{name}: {reason}")),
        },
        None => files.read(path),
    }
}

/// The revision and the file, unless there is a file of this name.
fn split_revision<'n>(path: &Path, name: &'n str) -> Option<(&'n str, &'n str)> {
    name.split_once(':').filter(|(revision, _)| !path.exists() && !revision.is_empty())
}

/// A file of a revision; the path is relative to the working directory.
fn read_from_git(revision: &str, file: &str) -> Result<String, String> {
    // What begins with a hyphen would be an option.
    if revision.starts_with('-') {
        return Err("no such file, and not a git revision".to_owned());
    }
    let given = Path::new(file).is_absolute() || file.starts_with("./");
    let file = if given { file.to_owned() } else { format!("./{file}") };
    let run = Command::new("git").arg("show").arg(format!("{revision}:{file}")).output();
    let output = run.map_err(|error| format!("cannot run git: {error}"))?;
    if output.status.success() {
        return files::decode_utf8(output.stdout);
    }
    let message = String::from_utf8_lossy(&output.stderr);
    let reason = message.lines().next().unwrap_or_default().trim_start_matches("fatal: ");
    Err(format!("no such file, and git reports: {reason}"))
}

/// The files of a revision that a document of it may refer to: those in its folder.
struct Revision {
    name: String,
    folder: PathBuf,
}

impl source::Files for Revision {
    fn find(&self, from: &str, path: &str) -> Result<String, Refusal> {
        let outside = || Refusal::new("outside the document's directory");
        let from = from.split_once(':').map_or(from, |(_, file)| file);
        let mut parts: Vec<&str> = from.split('/').collect();
        parts.pop();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop().ok_or_else(outside)?),
                part => parts.push(part),
            }
        }
        let file = parts.join("/");
        match Path::new(&file).starts_with(&self.folder) {
            true => Ok(format!("{}:{file}", self.name)),
            false => Err(outside()),
        }
    }

    fn read(&self, name: &str, longest: usize) -> Result<String, Refusal> {
        let (revision, file) = name.split_once(':').unwrap_or((&self.name, name));
        let text = read_from_git(revision, file).map_err(Refusal::new)?;
        match text.len() <= longest {
            true => Ok(text),
            false => Err(Refusal::new(format!("larger than {longest} bytes"))),
        }
    }
}
