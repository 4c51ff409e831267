//! Comparing manifests with the folders in Box, each of which is listed once.

use box_upload_sessions::types::{FolderItem, FolderItemType};
use box_uploader::{Error, Sha1Hash, Uploader};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::index::Index;

/// Folders listed at a time.
const MAX_LISTINGS: usize = 64;

/// Compares the files in Box, in the folder `id` and those below it, with the lines of manifests.
/// Returns the paths of folders that Box did not list to their end.
pub(super) async fn verify_files(
    uploader: &Uploader,
    id: String,
    index: &mut Index,
) -> Result<Vec<String>, Error> {
    let mut pending = vec![(id, String::new())];
    let mut listings = FuturesUnordered::new();
    let mut cut = Vec::new();
    loop {
        while listings.len() < MAX_LISTINGS
            && let Some((id, path)) = pending.pop()
        {
            listings.push(list_folder(uploader, id, path));
        }
        let Some(listed) = listings.next().await else { break };
        let (path, items, is_whole) = listed?;
        for item in items {
            let Some(name) = &item.name else { continue };
            let place = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            match item.r#type {
                FolderItemType::Folder if index.has_folder(&place) => {
                    pending.push((item.id, place));
                }
                FolderItemType::File => {
                    let sha1 = item.sha1.as_deref().and_then(Sha1Hash::parse);
                    // What Box does not say differs.
                    let sha1 = sha1.unwrap_or(Sha1Hash([0; 20]));
                    let size = item.size.unwrap_or(u64::MAX);
                    index.record_file(&place, &item.id, size, sha1);
                }
                _ => {}
            }
        }
        if !is_whole {
            cut.push(path);
        }
    }
    index.mark_absent();
    Ok(cut)
}

async fn list_folder(
    uploader: &Uploader,
    id: String,
    path: String,
) -> Result<(String, Vec<FolderItem>, bool), Error> {
    let mut items = Vec::new();
    let is_whole = uploader.for_each_item(&id, |item| items.push(item)).await?;
    Ok((path, items, is_whole))
}
