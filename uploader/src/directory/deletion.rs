//! Finding what Box has and the directory has not, and deleting it.
//!
//! It is searched for while folders are visited, and deleted once all files are uploaded: each item
//! by itself, and folders when they are empty, so that what somebody adds meanwhile stays.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use box_upload_sessions::Client;
use box_upload_sessions::operations::DeleteFile;

use super::contents::{Item, ItemKind};
use super::remote::{FolderInBox, read_listing};
use super::selection::Selection;
use super::settings::{Deletion, Settings};
use super::walk::Kept;
use crate::context::Context;
use crate::folder::RemoteFolder;
use crate::name::decode_name;
use crate::{ErrorKind, OnConflict};

/// An item in Box that the directory does not have.
#[derive(Debug)]
pub(super) struct Surplus {
    pub(super) path_in_box: String,
    pub(super) id: String,
    pub(super) is_folder: bool,
    etag: Option<String>,
}

/// The search for items in Box that the directory does not have.
pub(super) struct Search<'a> {
    selection: Selection<'a>,
    deletion: Deletion,
    encode_names: bool,
    /// Number of items found in all folders.
    found: AtomicUsize,
}

impl<'a> Search<'a> {
    /// Prepares the search, if anything is to be deleted.
    pub(super) fn new(settings: &'a Settings) -> Result<Option<Self>, ErrorKind> {
        let Some(deletion) = settings.deletion else { return Ok(None) };
        let criteria = &settings.criteria;
        if !criteria.include.is_empty() || criteria.list.is_some() {
            let what =
                "only what a whole directory lacks can be deleted, not what a selection lacks";
            return Err(ErrorKind::Invalid(what.to_owned()));
        }
        if settings.on_conflict == OnConflict::Rename {
            let what = "files that were renamed would be deleted by the next run";
            return Err(ErrorKind::Invalid(what.to_owned()));
        }
        let selection = Selection::new(criteria).map_err(|error| {
            let name = settings.path.display().to_string();
            ErrorKind::Source { name, error }
        })?;
        let encode_names = settings.encode_names;
        Ok(Some(Self { selection, deletion, encode_names, found: AtomicUsize::new(0) }))
    }

    /// Whether more was found than may be deleted. The search has ended then.
    pub(super) fn exceeds_limit(&self) -> bool {
        self.found.load(Ordering::Relaxed) > self.deletion.max
    }

    /// Why nothing may be deleted, if so. `all_files` is the number of files in the directory.
    pub(super) fn refuse_deletion(&self, all_files: usize) -> Option<ErrorKind> {
        let what = if all_files == 0 {
            "the directory has no files".to_owned()
        } else if self.exceeds_limit() {
            format!("it has at least {} items fewer than Box", self.deletion.max.saturating_add(1))
        } else {
            return None;
        };
        Some(ErrorKind::DeletionRefused { what })
    }

    /// Finds what a folder in Box has, and the local one, at this path in the directory, has not.
    pub(super) async fn search_folder(
        &self,
        context: &Context,
        remote: &FolderInBox,
        place: &RemoteFolder,
        kept: &Kept,
        path: &Path,
    ) -> Result<Vec<Surplus>, ErrorKind> {
        let Some(items) = remote.find_others(context, place, &kept.names).await else {
            let name = &remote.path_in_box;
            let text = format!("Box did not list all of `{name}`: nothing is deleted there");
            context.emit_warning(text);
            return Ok(Vec::new());
        };
        let items = items.into_iter().filter(|item| kept.share.has_item(&path.join(&*item.name)));
        let mut nodes = Nodes { search: self, kept, folder: path, nodes: Vec::new() };
        nodes.add_items(items, None, &remote.path_in_box, path);
        let mut next = 0;
        while let Some(Node { surplus, path, .. }) = nodes.nodes.get(next)
            && !self.exceeds_limit()
        {
            if surplus.is_folder {
                let listing = read_listing(context, &surplus.id).await?;
                let place = surplus.path_in_box.clone();
                let path = path.clone();
                match listing.find_others(|_| true) {
                    Some(items) => nodes.add_items(items.into_iter(), Some(next), &place, &path),
                    None => nodes.keep_folder(Some(next)),
                }
            }
            next += 1;
        }
        let nodes = nodes.nodes.into_iter();
        Ok(nodes.filter(|node| !node.stays).map(|node| node.surplus).collect())
    }
}

/// What was found in a folder, parents before children.
struct Nodes<'a> {
    search: &'a Search<'a>,
    kept: &'a Kept,
    /// Path of the folder in the directory.
    folder: &'a Path,
    nodes: Vec<Node>,
}

struct Node {
    surplus: Surplus,
    /// Path in the directory.
    path: PathBuf,
    /// Index of the folder that contains it.
    parent: Option<usize>,
    /// Whether something in it stays.
    stays: bool,
}

impl Nodes<'_> {
    /// Adds the items of a folder that do not stay.
    fn add_items(
        &mut self,
        items: impl Iterator<Item = Item>,
        parent: Option<usize>,
        place: &str,
        path: &Path,
    ) {
        for item in items {
            let place_in_box = path.join(&*item.name);
            let path = match decode_name(&item.name).filter(|_| self.search.encode_names) {
                Some(local) => path.join(local),
                None => place_in_box.clone(),
            };
            let is_folder = item.kind == ItemKind::Folder;
            // Excluded files in Box stay, as those of the directory do. So do bookmarks.
            if item.kind == ItemKind::Other
                || !self.search.deletion.excluded
                    && (self.is_excluded(&path, is_folder)
                        || self.is_excluded(&place_in_box, is_folder))
            {
                self.keep_folder(parent);
                continue;
            }
            let Item { id, name, etag, .. } = item;
            let path_in_box = format!("{place}/{name}");
            let id = id.into();
            let etag = etag.map(Into::into);
            let surplus = Surplus { path_in_box, id, is_folder, etag };
            self.nodes.push(Node { surplus, path, parent, stays: false });
            self.search.found.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn is_excluded(&self, path: &Path, is_folder: bool) -> bool {
        self.search.selection.excludes(path, is_folder)
            || path.strip_prefix(self.folder).is_ok_and(|path| {
                self.kept.trails.iter().any(|trail| trail.excludes(path, is_folder))
            })
    }

    /// Keeps a folder and those that contain it.
    fn keep_folder(&mut self, index: Option<usize>) {
        let mut next = index;
        while let Some(node) = next.and_then(|index| self.nodes.get_mut(index)) {
            node.stays = true;
            next = node.parent;
        }
    }
}

/// Puts items into the order in which they are deleted: those of a group in any order.
pub(super) fn order_deletions(items: Vec<Surplus>) -> Vec<Vec<Surplus>> {
    let depth = |item: &Surplus| item.path_in_box.matches('/').count();
    let mut groups = BTreeMap::<_, Vec<_>>::new();
    for item in items {
        // Files first, then folders, once those in them are gone.
        let key = item.is_folder.then(|| Reverse(depth(&item)));
        groups.entry(key).or_default().push(item);
    }
    groups.into_values().collect()
}

/// Moves an item to the trash: a file unless it has changed since it was listed, a folder unless
/// it contains something.
pub(super) async fn delete_item(context: &Context, item: &Surplus) -> Result<(), ErrorKind> {
    let deleted = if item.is_folder {
        context.send_retrying("delete_folder", || context.client.delete_folder(&item.id)).await
    } else {
        context.send_retrying("delete_file", || build_delete_request(&context.client, item)).await
    };
    match deleted {
        Ok(()) => Ok(()),
        // Also if an earlier attempt has deleted it, and its response was lost.
        Err(failure) if failure.status == Some(404) => Ok(()),
        Err(failure) => Err(failure.into_kind(1)),
    }
}

fn build_delete_request(client: &Client, item: &Surplus) -> DeleteFile {
    let request = client.delete_file(&item.id);
    match &item.etag {
        Some(etag) => request.if_match(etag),
        None => request,
    }
}
