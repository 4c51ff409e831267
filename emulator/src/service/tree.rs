//! Folders and files.

use std::collections::{BTreeMap, HashMap, HashSet};

use box_upload_sessions::types::{ClientErrorCode, ClientErrorContextInfo, Conflicts};
use serde::{Deserialize, Serialize};

use super::{Blob, Refusal, name};
use crate::settings::Access;
use crate::timestamp::Timestamp;
use box_upload_common::Sha1Hash;

/// Id of the user's root folder.
pub(crate) const ROOT: &str = "0";

/// `etag` of every folder but the root: folders do not change.
pub(crate) const FOLDER_ETAG: u64 = 0;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Folder {
    pub(crate) id: String,
    pub(crate) parent: String,
    pub(crate) name: String,
    pub(crate) created: Timestamp,
}

/// A file and its current version; earlier ones are not kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct File {
    pub(crate) id: String,
    pub(crate) version_id: String,
    pub(crate) folder: String,
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) sha1: Sha1Hash,
    /// Also the `sequence_id`, and one less than the version number.
    pub(crate) etag: u64,
    pub(crate) content: Vec<Blob>,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    pub(crate) created_by: String,
    pub(crate) modified_by: String,
    pub(crate) attributes: Attributes,
}

/// Attributes of the content, as the client sent them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Attributes {
    pub(crate) content_created_at: Option<String>,
    pub(crate) content_modified_at: Option<String>,
    pub(crate) description: Option<String>,
}

/// An item of a folder.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Item<'a> {
    File(&'a File),
    Folder(&'a Folder),
}

impl Item<'_> {
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::File(file) => &file.id,
            Self::Folder(folder) => &folder.id,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Tree {
    folders: HashMap<String, Folder>,
    files: HashMap<String, File>,
    access: HashMap<String, Access>,
    /// Ids by folder and case-folded name.
    names: HashMap<String, BTreeMap<String, String>>,
    /// Ids of items that were moved to the trash, without what was in them. Nothing else is kept.
    trashed: HashSet<String>,
    used: u64,
}

impl Tree {
    pub(crate) fn new(folders: &[(String, String, Access)], now: Timestamp) -> Self {
        let mut tree = Self {
            folders: HashMap::new(),
            files: HashMap::new(),
            access: HashMap::new(),
            names: HashMap::new(),
            trashed: HashSet::new(),
            used: 0,
        };
        let root = Folder {
            id: ROOT.to_owned(),
            parent: String::new(),
            name: "All Files".to_owned(),
            created: now,
        };
        tree.folders.insert(ROOT.to_owned(), root);
        for (id, name, access) in folders {
            let parent = ROOT.to_owned();
            let id = id.clone();
            let name = name.clone();
            tree.access.insert(id.clone(), *access);
            tree.insert_folder(Folder { id, parent, name, created: now });
        }
        tree
    }

    pub(crate) fn insert_folder(&mut self, folder: Folder) {
        let names = self.names.entry(folder.parent.clone()).or_default();
        names.insert(name::fold_case(&folder.name), folder.id.clone());
        self.folders.insert(folder.id.clone(), folder);
    }

    /// Inserts a file, and returns the content it replaces.
    pub(crate) fn insert_file(&mut self, file: File) -> Vec<Blob> {
        let replaced = self.remove_file(&file.id);
        self.used += file.size;
        let names = self.names.entry(file.folder.clone()).or_default();
        names.insert(name::fold_case(&file.name), file.id.clone());
        self.files.insert(file.id.clone(), file);
        replaced
    }

    /// Removes a file, and returns its content.
    pub(crate) fn remove_file(&mut self, id: &str) -> Vec<Blob> {
        let Some(file) = self.files.remove(id) else { return Vec::new() };
        self.used -= file.size;
        if let Some(names) = self.names.get_mut(&file.folder) {
            names.remove(&name::fold_case(&file.name));
        }
        file.content
    }

    /// Removes a folder with everything in it, and returns the content of its files.
    pub(crate) fn remove_folder(&mut self, id: &str) -> Vec<Blob> {
        let mut unused = Vec::new();
        let mut folders = vec![id.to_owned()];
        while let Some(id) = folders.pop() {
            let Some(folder) = self.folders.remove(&id) else { continue };
            if let Some(names) = self.names.get_mut(&folder.parent) {
                names.remove(&name::fold_case(&folder.name));
            }
            for item in self.names.remove(&id).unwrap_or_default().into_values() {
                unused.extend(self.remove_file(&item));
                folders.push(item);
            }
        }
        unused
    }

    /// Records that an item, which is about to be removed, goes to the trash.
    pub(crate) fn record_trashed(&mut self, id: &str) {
        self.trashed.insert(id.to_owned());
    }

    /// All folders, and what can be done with them.
    pub(crate) fn folders(&self) -> impl Iterator<Item = (&Folder, Access)> {
        self.folders.values().map(|folder| (folder, self.access(&folder.id)))
    }

    /// Whether the folder comes from the settings, which also create it at the next start.
    pub(crate) fn is_configured(&self, folder: &str) -> bool {
        self.access.contains_key(folder)
    }

    fn access(&self, folder: &str) -> Access {
        self.access.get(folder).copied().unwrap_or(Access::Write)
    }

    /// Total size of all files, in bytes.
    pub(crate) fn used(&self) -> u64 {
        self.used
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = &File> {
        self.files.values()
    }

    /// Folders that were created, parents before children.
    pub(crate) fn created_folders(&self) -> Vec<Folder> {
        let mut folders: Vec<_> = self.folders.values().cloned().collect();
        folders.retain(|folder| folder.id != ROOT && !self.access.contains_key(&folder.id));
        folders.sort_by_key(|folder| (folder.id.len(), folder.id.clone()));
        folders
    }

    pub(crate) fn file(&self, id: &str) -> Result<&File, Refusal> {
        let missing = || self.describe_absence(id, ClientErrorCode::NotFound, "no such file");
        let file = self.files.get(id).ok_or_else(missing)?;
        match self.access.get(&file.folder) {
            Some(Access::Trashed) => Err(item_trashed()),
            _ => Ok(file),
        }
    }

    /// A readable folder. `absent` is the error code if there is none.
    pub(crate) fn folder(&self, id: &str, absent: ClientErrorCode) -> Result<&Folder, Refusal> {
        let missing = || self.describe_absence(id, absent, "no such folder");
        let folder = self.folders.get(id).ok_or_else(missing)?;
        match self.access.get(id) {
            Some(Access::Trashed) => Err(item_trashed()),
            _ => Ok(folder),
        }
    }

    fn describe_absence(&self, id: &str, absent: ClientErrorCode, text: &str) -> Refusal {
        if self.trashed.contains(id) { item_trashed() } else { Refusal::not_found(absent, text) }
    }

    /// Checks that the folder accepts uploads.
    pub(crate) fn check_writable(&self, folder: &str) -> Result<(), Refusal> {
        match self.access(folder) {
            Access::Write => Ok(()),
            Access::Trashed => Err(item_trashed()),
            Access::ReadOnly => Err(Refusal::forbidden(
                ClientErrorCode::AccessDeniedInsufficientPermissions,
                "the user has no write access to this folder",
            )),
            Access::ForbiddenByPolicy => Err(Refusal::forbidden(
                ClientErrorCode::ForbiddenByPolicy,
                "an enterprise policy forbids uploads to this folder",
            )),
        }
    }

    /// The item with this name in a folder.
    pub(crate) fn item_named(&self, folder: &str, name: &str) -> Option<Item<'_>> {
        let id = self.names.get(folder)?.get(&name::fold_case(name))?;
        self.item(id)
    }

    /// The items of a folder, by name.
    pub(crate) fn items(&self, folder: &str) -> Vec<Item<'_>> {
        let names = self.names.get(folder).into_iter().flat_map(BTreeMap::values);
        names.filter_map(|id| self.item(id)).collect()
    }

    fn item(&self, id: &str) -> Option<Item<'_>> {
        let file = self.files.get(id).map(Item::File);
        file.or_else(|| self.folders.get(id).map(Item::Folder))
    }

    /// The folders from the root to this one.
    pub(crate) fn path(&self, folder: &str) -> Vec<&Folder> {
        let mut path = Vec::new();
        let mut next = self.folders.get(folder);
        while let Some(folder) = next {
            path.insert(0, folder);
            next = self.folders.get(&folder.parent);
        }
        path
    }

    /// Checks that no item other than the file `own` has the name.
    pub(crate) fn check_name_is_free(
        &self,
        folder: &str,
        name: &str,
        own: Option<&str>,
    ) -> Result<(), Refusal> {
        let Some(item) = self.item_named(folder, name).filter(|item| Some(item.id()) != own) else {
            return Ok(());
        };
        let mut context = ClientErrorContextInfo::default();
        context.conflicts = Some(Conflicts::Conflict(Box::new(item.conflict())));
        let text = "an item with this name already exists in the folder";
        Err(Refusal::conflict(ClientErrorCode::ItemNameInUse, text).with_context(context))
    }
}

fn item_trashed() -> Refusal {
    Refusal::not_found(ClientErrorCode::Trashed, "the item is in the trash")
}
