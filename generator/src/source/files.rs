use std::{collections::BTreeMap, fmt};

/// Gives the generator the files that a document refers to. It opens none itself.
///
/// A map from names to texts is one, where all files are in memory. [`Input::files`](super::Input::files) has an example.
pub trait Files: Send + Sync {
    /// The name of the file that a relative reference leads to.
    ///
    /// `from` is the name of the file that has the reference; `path` is the reference without its fragment and
    /// percent-decoded. A file must have one name however it is referred to, and a document the name of its
    /// [`Source`](super::Source).
    ///
    /// # Errors
    ///
    /// Why there is no such file, or why it must not be read.
    fn find(&self, from: &str, path: &str) -> Result<String, Refusal>;

    /// The text of the file that [`find`](Self::find) named so. Each is read once.
    ///
    /// # Errors
    ///
    /// Why it cannot be read. A text of more than `longest` bytes is refused, before it is in memory.
    fn read(&self, name: &str, longest: usize) -> Result<String, Refusal>;
}

impl fmt::Debug for dyn Files {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Files")
    }
}

/// Why a file is not given.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// The reason, in words that follow the file's name and a colon.
    pub reason: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Refusal {
    /// A refusal for this reason.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), help: None }
    }
}

impl Files for BTreeMap<String, String> {
    fn find(&self, from: &str, path: &str) -> Result<String, Refusal> {
        let missing = || Refusal::new("no such file");
        let mut parts: Vec<&str> = from.split('/').collect();
        parts.pop();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop().ok_or_else(missing)?),
                part => parts.push(part),
            }
        }
        Some(parts.join("/")).filter(|name| self.contains_key(name)).ok_or_else(missing)
    }

    fn read(&self, name: &str, longest: usize) -> Result<String, Refusal> {
        let text = self.get(name).ok_or_else(|| Refusal::new("no such file"))?;
        match text.len() <= longest {
            true => Ok(text.clone()),
            false => Err(Refusal::new(format!("larger than {longest} bytes"))),
        }
    }
}
