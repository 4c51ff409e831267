//! Folders in Box: finding, listing and creating them.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::str::FromStr;

use box_upload_sessions::Client;
use box_upload_sessions::operations::ListFolderItems;
use box_upload_sessions::types::{
    ClientErrorCode, CreateFolderBody, FolderItem, FolderItemType, FolderItems, ParentFolder,
};

use crate::context::Context;
use crate::name::fold_name;
use crate::target::conflicting_item;
use crate::{Error, ErrorKind, Uploader};

/// Items in a page of a listing: the most that Box returns.
const PAGE: u64 = 1_000;

/// Pages of a list, and empty pages in a row, after which it ends: ten million items.
const MAX_PAGES: usize = 10_000;
const MAX_EMPTY_PAGES: usize = 100;

/// Id of the user's root folder.
const ROOT: &str = "0";

/// A path of folders, from the user's root folder, such as `/Backups/2026`.
///
/// ```
/// use box_uploader::{FolderPath, FolderPathError};
///
/// let path: FolderPath = "/Films//2026/".parse()?;
/// assert_eq!(path.to_string(), "/Films/2026");
/// assert_eq!("Films".parse::<FolderPath>(), Err(FolderPathError::Relative));
/// # Ok::<(), FolderPathError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderPath(Vec<String>);

/// Why a text is not a [`FolderPath`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FolderPathError {
    /// It does not start with `/`.
    Relative,
    /// It contains `.` or `..`, which no item in Box is named.
    Dots,
}

/// A folder in Box.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RemoteFolder {
    /// Its id.
    pub id: String,
    /// Whether it was created now.
    pub created: bool,
}

impl FromStr for FolderPath {
    type Err = FolderPathError;

    fn from_str(text: &str) -> Result<Self, FolderPathError> {
        let path = text.strip_prefix('/').ok_or(FolderPathError::Relative)?;
        let names: Vec<_> = path.split('/').filter(|name| !name.is_empty()).collect();
        if names.iter().any(|name| matches!(*name, "." | "..")) {
            return Err(FolderPathError::Dots);
        }
        Ok(Self(names.into_iter().map(str::to_owned).collect()))
    }
}

impl fmt::Display for FolderPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&join_names(&self.0))
    }
}

fn join_names(names: &[String]) -> String {
    format!("/{}", names.join("/"))
}

impl fmt::Display for FolderPathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Relative => "a path in Box starts with `/`",
            Self::Dots => "a path in Box cannot contain `.` or `..`",
        })
    }
}

impl std::error::Error for FolderPathError {}

impl Uploader {
    /// Finds a folder and returns its id. As Box does, it ignores case in names.
    ///
    /// # Errors
    /// [`ErrorKind::NoFolder`] if a component of the path does not exist or is not a folder, or the
    /// service refuses or cannot be reached.
    pub async fn find_folder(&self, path: &FolderPath) -> Result<String, Error> {
        let context = self.create_context();
        let mut id = ROOT.to_owned();
        for depth in 0..path.0.len() {
            id = find_component(&context, &id, path, depth).await?;
        }
        Ok(id)
    }

    /// Creates a folder in one that exists.
    ///
    /// # Errors
    /// Those of [`Self::find_folder`], and [`ErrorKind::NameInUse`].
    pub async fn create_folder(&self, path: &FolderPath) -> Result<RemoteFolder, Error> {
        let Some((name, parents)) = path.0.split_last() else {
            return Err(ErrorKind::Invalid("the root folder exists already".to_owned()).into());
        };
        let parent = self.find_folder(&FolderPath(parents.to_vec())).await?;
        let folder = create_folder(&self.create_context(), &parent, name).await?;
        if folder.created {
            return Ok(folder);
        }
        Err(ErrorKind::NameInUse { name: name.clone(), id: Some(folder.id), sha1: None }.into())
    }

    /// Finds a folder, and creates what is missing of its path.
    ///
    /// ```no_run
    /// # async fn example(uploader: &box_uploader::Uploader) -> Result<(), box_uploader::Error> {
    /// let path = "/Films/2026".parse().expect("a path in Box");
    /// let folder = uploader.find_or_create_folder(&path).await?;
    /// let uploaded = uploader.file("movie.mov").to_folder(folder.id).send().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// A component is not a folder, or the service refuses or cannot be reached.
    pub async fn find_or_create_folder(&self, path: &FolderPath) -> Result<RemoteFolder, Error> {
        let context = self.create_context();
        let mut folder = RemoteFolder { id: ROOT.to_owned(), created: false };
        for (depth, name) in path.0.iter().enumerate() {
            // A folder that was created now is empty.
            let found = if folder.created {
                None
            } else {
                match find_component(&context, &folder.id, path, depth).await {
                    Err(ErrorKind::NoFolder { found, .. }) if found.is_empty() => None,
                    found => Some(found?),
                }
            };
            folder = match found {
                Some(id) => RemoteFolder { id, created: false },
                None => create_folder(&context, &folder.id, name).await?,
            };
        }
        Ok(folder)
    }

    /// Calls `visit` for each item in a folder, with its name, size and hash. Returns whether these
    /// are all: a list that does not end is cut off.
    ///
    /// # Errors
    /// There is no such folder, or the service refuses or cannot be reached.
    pub async fn for_each_item(
        &self,
        id: &str,
        mut visit: impl FnMut(FolderItem),
    ) -> Result<bool, Error> {
        let context = self.create_context();
        let mut pages = Pages::new(&context, id, &["name", "size", "sha1"]);
        while let Some(items) = pages.next_page().await? {
            items.into_iter().for_each(&mut visit);
        }
        Ok(!pages.is_cut())
    }

    /// A page of the items in a folder, with their names, sizes and hashes. `marker` is the
    /// `next_marker` of the page before. One that repeats or is empty ends the list, and is removed.
    ///
    /// ```no_run
    /// # async fn example(uploader: &box_uploader::Uploader) -> Result<(), box_uploader::Error> {
    /// let mut marker = None;
    /// loop {
    ///     let page = uploader.list_folder("0", marker.as_deref()).await?;
    ///     for item in page.entries {
    ///         println!("{}", item.name.unwrap_or_default());
    ///     }
    ///     marker = page.next_marker;
    ///     if marker.is_none() {
    ///         break;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// There is no such folder, or the service refuses or cannot be reached.
    pub async fn list_folder(&self, id: &str, marker: Option<&str>) -> Result<FolderItems, Error> {
        let fields = ["name", "size", "sha1"];
        let mut page = request_page(&self.create_context(), id, marker, &fields).await?;
        let next = page.next_marker.take();
        page.next_marker = next.filter(|next| !next.is_empty() && Some(&**next) != marker);
        Ok(page)
    }
}

async fn request_page(
    context: &Context,
    id: &str,
    marker: Option<&str>,
    fields: &[&str],
) -> Result<FolderItems, ErrorKind> {
    let request = || build_page_request(&context.client, id, marker, fields);
    let page = context.send_retrying("list_folder_items", request).await;
    page.map_err(|failure| failure.into_kind(1))
}

/// The pages of a folder's list. They end, whatever the service sends.
pub(crate) struct Pages<'a> {
    context: &'a Context,
    id: &'a str,
    fields: &'a [&'a str],
    marker: Option<String>,
    /// Hashes of the markers so far.
    seen: HashSet<u64>,
    hasher: RandomState,
    empty: usize,
    items: u64,
    has_ended: bool,
    is_cut: bool,
}

impl<'a> Pages<'a> {
    pub(crate) fn new(context: &'a Context, id: &'a str, fields: &'a [&'a str]) -> Self {
        Self {
            context,
            id,
            fields,
            marker: None,
            seen: HashSet::new(),
            hasher: RandomState::new(),
            empty: 0,
            items: 0,
            has_ended: false,
            is_cut: false,
        }
    }

    /// The items of the next page; `None` after the last.
    pub(crate) async fn next_page(&mut self) -> Result<Option<Vec<FolderItem>>, ErrorKind> {
        if self.has_ended {
            return Ok(None);
        }
        let marker = self.marker.as_deref();
        let page = request_page(self.context, self.id, marker, self.fields).await?;
        self.items += page.entries.len() as u64;
        self.empty = if page.entries.is_empty() { self.empty + 1 } else { 0 };
        self.marker = page.next_marker.filter(|next| !next.is_empty());
        self.has_ended = match &self.marker {
            None => {
                self.is_cut = page.total_count.is_some_and(|total| total > self.items);
                true
            }
            Some(next) => {
                let is_new = self.seen.insert(self.hasher.hash_one(next));
                let is_long = self.empty > MAX_EMPTY_PAGES || self.seen.len() >= MAX_PAGES;
                self.is_cut = !is_new || is_long;
                self.is_cut
            }
        };
        Ok(Some(page.entries))
    }

    /// Whether the list ended before its time.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }
}

fn build_page_request(
    client: &Client,
    id: &str,
    marker: Option<&str>,
    fields: &[&str],
) -> ListFolderItems {
    let request = client.list_folder_items(id).usemarker(true).limit(PAGE).fields(fields);
    match marker {
        Some(marker) => request.marker(marker),
        None => request,
    }
}

/// Finds the folder that a component of the path names in its parent.
async fn find_component(
    context: &Context,
    parent: &str,
    path: &FolderPath,
    depth: usize,
) -> Result<String, ErrorKind> {
    let (parents, rest) = path.0.split_at(depth);
    let name = rest.first().map_or("", String::as_str);
    let folded = fold_name(name);
    let is_folder = |item: &FolderItem| item.r#type == FolderItemType::Folder;
    let mut found = Vec::new();
    let mut pages = Pages::new(context, parent, &["name"]);
    while let Some(items) = pages.next_page().await? {
        for item in items {
            // Box lists folders first, so that this is usually on the first page.
            if is_folder(&item) && item.name.as_deref() == Some(name) {
                return Ok(item.id);
            }
            if item.name.as_deref().is_some_and(|there| fold_name(there) == folded) {
                found.push(item);
            }
        }
    }
    match found.as_slice() {
        [folder] if is_folder(folder) => Ok(folder.id.clone()),
        _ => {
            let parent = join_names(parents);
            Err(ErrorKind::NoFolder { name: name.to_owned(), parent, found })
        }
    }
}

/// Creates the folder with this name, or finds it.
pub(crate) async fn create_folder(
    context: &Context,
    parent: &str,
    name: &str,
) -> Result<RemoteFolder, ErrorKind> {
    let body = CreateFolderBody::new(name, ParentFolder::new(parent));
    // A retry after an unknown outcome finds the folder of the first attempt.
    let failure = match context
        .send_retrying("create_folder", || context.client.create_folder(&body))
        .await
    {
        Ok(folder) => return Ok(RemoteFolder { id: folder.id, created: true }),
        Err(failure) => failure,
    };
    if !failure.is(&ClientErrorCode::ItemNameInUse) {
        return Err(failure.into_kind(1));
    }
    let there = conflicting_item(&failure);
    let (is_folder, id, sha1) = there.map_or((false, None, None), |there| {
        (there.r#type.as_deref() == Some("folder"), there.id, there.sha1)
    });
    match id {
        Some(id) if is_folder => Ok(RemoteFolder { id, created: false }),
        id => Err(ErrorKind::NameInUse { name: name.to_owned(), id, sha1 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_start_at_the_root() {
        let parse = |text: &str| text.parse::<FolderPath>().map(|path| path.to_string());
        assert_eq!(parse("/"), Ok("/".to_owned()));
        assert_eq!(parse("/Backups//2026 a/"), Ok("/Backups/2026 a".to_owned()));
        assert_eq!(parse("//Backups"), Ok("/Backups".to_owned()));
        assert_eq!(parse("Backups"), Err(FolderPathError::Relative));
        assert_eq!(parse(""), Err(FolderPathError::Relative));
        assert_eq!(parse("/a/../b"), Err(FolderPathError::Dots));
    }
}
