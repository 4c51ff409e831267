//! `box-upload ls` and `box-upload mkdir`, and folders that are named by their paths.

use box_uploader::{Error, FolderPath, Uploader};

use super::arguments::{List, MakeDirectory};
use super::client;
use super::command_error::CommandError;
use super::context::Context;
use super::exit::Exit;
use super::report::Message;

/// Lists a folder.
pub(super) async fn run_list(context: &Context, list: &List) -> Result<Exit, CommandError> {
    let uploader = client::build_uploader(&list.connection)?;
    let work = async {
        let id = find_folder(context, &uploader, &list.folder, false).await?;
        let mut marker = None;
        let mut items = 0;
        loop {
            let page = uploader.list_folder(&id, marker.as_deref()).await;
            let page = page.map_err(|error| to_failure(context, &error))?;
            items += page.entries.len();
            for item in &page.entries {
                context.reporter.report(&Message::Item(item));
            }
            marker = page.next_marker;
            if marker.is_none() {
                break;
            }
        }
        context.reporter.report(&Message::Listed { id: &id, items });
        Ok(Exit::Done)
    };
    wait_unless_interrupted(context, work).await.unwrap_or_else(Ok)
}

/// Creates folders.
pub(super) async fn run_make_directory(
    context: &Context,
    arguments: &MakeDirectory,
) -> Result<Exit, CommandError> {
    let uploader = client::build_uploader(&arguments.connection)?;
    let work = async {
        for path in &arguments.paths {
            let folder = if arguments.parents {
                uploader.find_or_create_folder(path).await
            } else {
                uploader.create_folder(path).await
            };
            let folder = folder.map_err(|error| to_failure(context, &error))?;
            context.reporter.report(&Message::FolderReady {
                path: &path.to_string(),
                id: &folder.id,
                created: folder.created,
            });
        }
        Ok(Exit::Done)
    };
    wait_unless_interrupted(context, work).await.unwrap_or_else(Ok)
}

/// The id of a folder that is named by its id or path, which `create` completes.
pub(super) async fn find_folder(
    context: &Context,
    uploader: &Uploader,
    folder: &str,
    create: bool,
) -> Result<String, CommandError> {
    // The command line has been checked: what is no path is an id.
    let Ok(path) = folder.parse::<FolderPath>() else { return Ok(folder.to_owned()) };
    let found = if create {
        let found = uploader.find_or_create_folder(&path).await;
        found.map(|folder| {
            if folder.created {
                let path = &*path.to_string();
                let message = Message::Folder { path, id: &folder.id, created: true };
                context.reporter.report(&message);
            }
            folder.id
        })
    } else {
        uploader.find_folder(&path).await
    };
    found.map_err(|error| to_failure(context, &error))
}

fn to_failure(context: &Context, error: &Error) -> CommandError {
    CommandError::from_upload(error, context.interrupt.exit())
}

/// Waits for the work, or for the first signal.
pub(super) async fn wait_unless_interrupted<T>(
    context: &Context,
    work: impl Future<Output = T>,
) -> Result<T, Exit> {
    tokio::select! {
        done = work => Ok(done),
        () = context.interrupt.token().cancelled() => {
            Err(context.interrupt.exit().unwrap_or(Exit::Interrupted))
        }
    }
}
