//! Folders in Box: each is found or created once, and listed at most once.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use box_upload_common::lock;
use box_upload_sessions::runtime::BoxFuture;
use box_upload_sessions::types::{FolderItem, FolderItemType};
use tokio::sync::OnceCell;

use super::contents::{Contents, Item, ItemKind};
use crate::context::Context;
use crate::folder::{Pages, RemoteFolder, create_folder};
use crate::name::fold_name;
use crate::{ErrorKind, Sha1Hash};

/// A folder in Box that corresponds to a local one.
pub(super) struct FolderInBox {
    /// Path, starting with the directory's name.
    pub(super) path: PathBuf,
    /// The same path as it is in Box, with `/` between names.
    pub(super) path_in_box: String,
    name: String,
    parent: Parent,
    /// Whether it is created if there is none.
    creates: bool,
    place: OnceCell<Option<RemoteFolder>>,
    listing: OnceCell<Option<Listing>>,
    /// Why there is no place or no listing, until it is reported.
    failure: Mutex<Option<ErrorKind>>,
    /// Whether its place was reported.
    is_reported: AtomicBool,
}

enum Parent {
    /// Id of the destination folder.
    Destination(String),
    Folder(Arc<FolderInBox>),
}

/// What a folder contained when it was listed.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Folders by folded name.
    folders: HashMap<String, Item>,
    files: Mutex<Contents>,
}

impl Listing {
    /// The items whose folded names `is_other` accepts; `None` if not all items are known.
    pub(super) fn find_others(&self, is_other: impl Fn(&str) -> bool) -> Option<Vec<Item>> {
        let files = lock(&self.files);
        if !files.is_whole {
            return None;
        }
        let folders = self.folders.iter().filter(|(name, _)| is_other(name)).map(|(_, item)| item);
        let mut items: Vec<_> = files.find_items(&is_other).chain(folders.cloned()).collect();
        items.sort_by(|one, other| one.name.cmp(&other.name));
        Some(items)
    }
}

impl FolderInBox {
    /// The folder for the directory itself.
    pub(super) fn new_root(
        destination: &str,
        path: PathBuf,
        name: String,
        creates: bool,
    ) -> Arc<Self> {
        let parent = Parent::Destination(destination.to_owned());
        Self::with_parent(parent, path, name.clone(), name, creates)
    }

    pub(super) fn new(parent: &Arc<Self>, path: PathBuf, name: String) -> Arc<Self> {
        let path_in_box = parent.join_name(&name);
        let creates = parent.creates;
        Self::with_parent(Parent::Folder(Arc::clone(parent)), path, path_in_box, name, creates)
    }

    fn with_parent(
        parent: Parent,
        path: PathBuf,
        path_in_box: String,
        name: String,
        creates: bool,
    ) -> Arc<Self> {
        Arc::new(Self {
            path,
            path_in_box,
            name,
            parent,
            creates,
            place: OnceCell::new(),
            listing: OnceCell::new(),
            failure: Mutex::default(),
            is_reported: AtomicBool::new(false),
        })
    }

    /// The path in Box of an item of this folder.
    pub(super) fn join_name(&self, name: &str) -> String {
        format!("{}/{name}", self.path_in_box)
    }

    /// Says where the folder is, and that it need not be listed.
    pub(super) fn set_known(&self, id: &str) {
        let place = RemoteFolder { id: id.to_owned(), created: false };
        // They are set already if a folder in this one needed them first, which cannot be: it is
        // visited later.
        let _ = self.place.set(Some(place));
        let _ = self.listing.set(Some(Listing::default()));
    }

    /// Finds or creates the folder. `None` if that failed, for it or a folder above: see
    /// [`Self::take_failure`].
    pub(super) fn find_place<'a>(
        &'a self,
        context: &'a Context,
    ) -> BoxFuture<'a, Option<RemoteFolder>> {
        Box::pin(async move {
            let place = self.place.get_or_init(|| self.find_or_create(context)).await;
            place.clone()
        })
    }

    async fn find_or_create(&self, context: &Context) -> Option<RemoteFolder> {
        let parent = match &self.parent {
            Parent::Destination(id) if self.creates => id.clone(),
            Parent::Destination(id) => match read_listing(context, id).await {
                Ok(listing) => {
                    let folder = listing.folders.get(&fold_name(&self.name))?;
                    return Some(RemoteFolder { id: folder.id.to_string(), created: false });
                }
                Err(kind) => return self.fail(kind),
            },
            Parent::Folder(parent) => {
                let place = parent.find_place(context).await?;
                if let Some(id) = parent.find_folder(context, &place, &self.name).await? {
                    return Some(RemoteFolder { id, created: false });
                }
                place.id
            }
        };
        if !self.creates {
            return None;
        }
        match create_folder(context, &parent, &self.name).await {
            Ok(place) => Some(place),
            Err(kind) => self.fail(kind),
        }
    }

    /// The id of a folder in this one. `None` if the listing failed.
    async fn find_folder(
        &self,
        context: &Context,
        place: &RemoteFolder,
        name: &str,
    ) -> Option<Option<String>> {
        let listing = self.list(context, place).await?;
        Some(listing.folders.get(&fold_name(name)).map(|folder| folder.id.to_string()))
    }

    /// The items that are not among these folded names, before [`Self::take_contents`]. `None` if
    /// not all items are known.
    pub(super) async fn find_others(
        &self,
        context: &Context,
        place: &RemoteFolder,
        names: &HashSet<String>,
    ) -> Option<Vec<Item>> {
        let listing = self.list(context, place).await?;
        listing.find_others(|name| !names.contains(name))
    }

    /// Takes what the folder contained when it was listed; later calls find nothing. `None` if the
    /// listing failed.
    pub(super) async fn take_contents(
        &self,
        context: &Context,
        place: &RemoteFolder,
    ) -> Option<Contents> {
        let listing = self.list(context, place).await?;
        Some(std::mem::take(&mut *lock(&listing.files)))
    }

    async fn list(&self, context: &Context, place: &RemoteFolder) -> Option<&Listing> {
        self.listing.get_or_init(|| self.fetch_listing(context, place)).await.as_ref()
    }

    async fn fetch_listing(&self, context: &Context, place: &RemoteFolder) -> Option<Listing> {
        if place.created {
            return Some(Listing::default());
        }
        match read_listing(context, &place.id).await {
            Ok(listing) => Some(listing),
            // A user who may upload need not be allowed to list the folder.
            Err(ErrorKind::Refused { status: 403, .. }) => {
                let mut contents = Contents::default();
                contents.is_whole = false;
                Some(Listing { files: Mutex::new(contents), ..Listing::default() })
            }
            Err(kind) => self.fail(kind),
        }
    }

    fn fail<T>(&self, kind: ErrorKind) -> Option<T> {
        *lock(&self.failure) = Some(kind);
        None
    }

    /// The places of this folder and those above that were found and not reported, from the top.
    pub(super) fn take_places(&self) -> Vec<(PathBuf, RemoteFolder)> {
        let mut places = Vec::new();
        let mut next = Some(self);
        while let Some(folder) = next {
            if let Some(Some(place)) = folder.place.get()
                && !folder.is_reported.swap(true, Ordering::Relaxed)
            {
                places.push((folder.path.clone(), place.clone()));
            }
            next = match &folder.parent {
                Parent::Destination(_) => None,
                Parent::Folder(parent) => Some(parent),
            };
        }
        places.reverse();
        places
    }

    /// Takes the failure of this folder or one above, unless it has been reported.
    pub(super) fn take_failure(&self) -> Option<(PathBuf, ErrorKind)> {
        let mut next = Some(self);
        while let Some(folder) = next {
            if let Some(kind) = lock(&folder.failure).take() {
                return Some((folder.path.clone(), kind));
            }
            next = match &folder.parent {
                Parent::Destination(_) => None,
                Parent::Folder(parent) => Some(parent),
            };
        }
        None
    }
}

/// Lists a folder, page by page.
pub(super) async fn read_listing(context: &Context, id: &str) -> Result<Listing, ErrorKind> {
    let mut folders = HashMap::new();
    let mut contents = Contents::default();
    let mut pages = Pages::new(context, id, &["name", "size", "sha1"]);
    while let Some(entries) = pages.next_page().await? {
        for FolderItem { id, r#type, name, size, sha1, etag, .. } in entries {
            let Some(name) = name else { continue };
            let folded = fold_name(&name);
            let kind = match r#type {
                FolderItemType::File => ItemKind::File,
                FolderItemType::Folder => ItemKind::Folder,
                _ => ItemKind::Other,
            };
            let sha1 = sha1.as_deref().map(str::trim).and_then(Sha1Hash::parse);
            let item = Item {
                id: id.into(),
                name: name.into(),
                kind,
                etag: etag.map(Into::into),
                size,
                sha1,
            };
            if kind == ItemKind::Folder {
                folders.entry(folded).or_insert(item);
            } else {
                contents.add_item(&item, &folded);
            }
        }
    }
    contents.sort();
    contents.is_whole = !pages.is_cut();
    Ok(Listing { folders, files: Mutex::new(contents) })
}
