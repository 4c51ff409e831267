//! Creating folders in Box.

use std::path::Path;

use box_upload_sessions::types::{ClientErrorCode, CreateFolderBody, ParentFolder};

use crate::ErrorKind;
use crate::context::Context;
use crate::target::conflicting_item;

/// Creates the folder in `parent` named after the last component of `path`, or finds it; returns
/// its id and whether it was created.
pub(crate) async fn create_folder(
    context: &Context,
    parent: &str,
    path: &Path,
) -> Result<(String, bool), ErrorKind> {
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
        ErrorKind::Invalid(format!("the name of `{}` is not valid UTF-8", path.display()))
    })?;
    let body = CreateFolderBody::new(name, ParentFolder::new(parent));
    // A retry after an unknown outcome finds the folder of the first attempt.
    let failure = match context
        .send_retrying("create_folder", || context.client.create_folder(&body))
        .await
    {
        Ok(folder) => return Ok((folder.id, true)),
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
        Some(id) if is_folder => Ok((id, false)),
        id => Err(ErrorKind::NameInUse { name: name.to_owned(), id, sha1 }),
    }
}
