//! Folders in Box: finding, listing and creating them.

use std::fmt;
use std::str::FromStr;

use box_upload_sessions::Client;
use box_upload_sessions::operations::ListFolderItems;
use box_upload_sessions::types::{
    ClientErrorCode, CreateFolderBody, FolderItem, FolderItemType, FolderItems, ParentFolder,
};

use crate::context::Context;
use crate::target::conflicting_item;
use crate::{Error, ErrorKind, Uploader};

/// Items in a page of a listing: the most that Box returns.
const PAGE: u64 = 1_000;

/// Id of the user's root folder.
const ROOT: &str = "0";

/// A path of folders, from the user's root folder, such as `/Backups/2026`.
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

    /// A page of the items in a folder, with their names, sizes and hashes. `marker` is the
    /// `next_marker` of the page before.
    ///
    /// # Errors
    /// There is no such folder, or the service refuses or cannot be reached.
    pub async fn list_folder(&self, id: &str, marker: Option<&str>) -> Result<FolderItems, Error> {
        Ok(list_page(&self.create_context(), id, marker, &["name", "size", "sha1"]).await?)
    }
}

/// A page of a folder's items. A marker that repeats or is empty ends the list.
pub(crate) async fn list_page(
    context: &Context,
    id: &str,
    marker: Option<&str>,
    fields: &[&str],
) -> Result<FolderItems, ErrorKind> {
    let request = || build_page_request(&context.client, id, marker, fields);
    let page = context.send_retrying("list_folder_items", request).await;
    let mut page = page.map_err(|failure| failure.into_kind(1))?;
    page.next_marker = page.next_marker.filter(|next| !next.is_empty() && Some(&**next) != marker);
    Ok(page)
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
    let is_folder = |item: &FolderItem| item.r#type == FolderItemType::Folder;
    let mut found = Vec::new();
    let mut marker = None;
    loop {
        let page = list_page(context, parent, marker.as_deref(), &["name"]).await?;
        for item in page.entries {
            // Box lists folders first, so that this is usually on the first page.
            if is_folder(&item) && item.name.as_deref() == Some(name) {
                return Ok(item.id);
            }
            if item.name.as_deref().is_some_and(|there| equals_ignoring_case(there, name)) {
                found.push(item);
            }
        }
        marker = page.next_marker;
        if marker.is_none() {
            break;
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

fn equals_ignoring_case(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
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
