//! Creating folders in Box.

use std::path::Path;

use crate::ErrorKind;
use crate::context::Context;
use crate::folder;

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
    let folder = folder::create_folder(context, parent, name).await?;
    Ok((folder.id, folder.created))
}
