//! Destination of a file, and what to do if its name is taken.

use box_upload_sessions::types::{ClientErrorCode, Conflict, Conflicts};

use crate::options::Destination;
use crate::request_error::RequestError;
use crate::{ErrorKind, OnConflict};

/// Number of names to try.
const MAX_NAMES: u32 = 100;

/// The current destination of an upload.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) destination: Destination,
    pub(crate) name: String,
    /// Whether the user chose the name, so that a new version takes it.
    named: bool,
    on_conflict: OnConflict,
    /// Whether an identical file counts as the result.
    pub(crate) accepts_identical: bool,
    /// The name before any numbering.
    first_name: String,
    tried: u32,
}

impl Target {
    pub(crate) fn new(
        destination: Destination,
        name: String,
        named: bool,
        on_conflict: OnConflict,
        accepts_identical: bool,
    ) -> Self {
        let first_name = name.clone();
        Self { destination, name, named, on_conflict, accepts_identical, first_name, tried: 0 }
    }

    /// Restores the destination of an unfinished upload.
    pub(crate) fn restore_destination(&mut self, destination: Destination, name: String) {
        self.destination = destination;
        self.name = name;
    }

    /// The name of a new version, if it is to change.
    pub(crate) fn new_name(&self) -> Option<&str> {
        self.named.then_some(&*self.name)
    }

    /// Whether a conflict has any resolution but to fail.
    pub(crate) fn resolves_conflicts(&self) -> bool {
        self.on_conflict != OnConflict::Fail
    }

    /// Applies the conflict policy to `item_name_in_use`; returns any other failure.
    pub(crate) fn resolve_conflict(&mut self, failure: RequestError) -> Result<(), ErrorKind> {
        if !failure.is(&ClientErrorCode::ItemNameInUse) {
            return Err(failure.into_kind(1));
        }
        let file = conflicting_item(&failure).filter(is_file);
        match (self.on_conflict, &self.destination, file.and_then(|file| file.id)) {
            (OnConflict::Version, Destination::Folder(_), Some(id)) => {
                self.destination = Destination::File(id);
                self.named = false;
                Ok(())
            }
            (OnConflict::Rename, _, _) if self.tried < MAX_NAMES => {
                self.tried += 1;
                self.name = number_name(&self.first_name, self.tried);
                Ok(())
            }
            _ => Err(self.name_in_use(&failure)),
        }
    }

    /// The error that names the existing item.
    pub(crate) fn name_in_use(&self, failure: &RequestError) -> ErrorKind {
        let item = conflicting_item(failure);
        let id = item.as_ref().and_then(|item| item.id.clone());
        let sha1 = item.and_then(|item| item.sha1);
        ErrorKind::NameInUse { name: self.name.clone(), id, sha1 }
    }
}

/// The existing item, if the service named it.
pub(crate) fn conflicting_item(failure: &RequestError) -> Option<Conflict> {
    match failure.error.as_ref()?.context_info.as_ref()?.conflicts.clone()? {
        Conflicts::Conflict(conflict) => Some(*conflict),
        Conflicts::List(conflicts) => conflicts.into_iter().next(),
        _ => None,
    }
}

/// Whether the item is a file. Ids of folders and bookmarks are not ids of files.
pub(crate) fn is_file(conflict: &Conflict) -> bool {
    conflict.r#type.as_deref() == Some("file")
}

/// Inserts a number before the extension.
fn number_name(name: &str, number: u32) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => format!("{stem} ({number}).{extension}"),
        _ => format!("{name} ({number})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_before_the_extension() {
        assert_eq!(number_name("a.tar.gz", 2), "a.tar (2).gz");
        assert_eq!(number_name("README", 1), "README (1)");
        assert_eq!(number_name(".profile", 1), ".profile (1)");
    }
}
