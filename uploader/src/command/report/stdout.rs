//! Standard output: one line per result.

use std::io::Write;

use box_upload_sessions::types::{FolderItem, FolderItemType};
use box_uploader::Uploaded;

use super::message::{Message, Stored};
use crate::command::terminal::to_printable;

/// A result for standard output: id, SHA-1 and name, separated by tabs.
pub(super) fn format_result(stored: &Stored<'_>) -> String {
    let Uploaded { file, sha1, .. } = stored.uploaded;
    format!("{}\t{sha1}\t{}", file.id, to_printable(stored.name))
}

/// The line of a message that is a result by itself, separated by tabs: of an item its id, type,
/// size and name, of a folder its id and path, of a user the id, login and name. That of a planned
/// deletion is a sentence; that of a finding has its kind, path, place and reason.
pub(super) fn format_single(message: &Message<'_>) -> Option<String> {
    match message {
        Message::FolderReady { path, id, .. } => {
            Some(format!("{}\t{}", to_printable(id), to_printable(path)))
        }
        Message::Item(item) => {
            let size = item.size.filter(|_| is_file(item));
            let size = size.map_or_else(|| "-".to_owned(), |size| size.to_string());
            let kind = to_printable(item.r#type.as_str());
            let name = to_printable(item.name.as_deref().unwrap_or_default());
            Some(format!("{}\t{kind}\t{size}\t{name}", to_printable(&item.id)))
        }
        Message::Deleted { path, is_folder, planned: true, .. } => {
            let slash = if *is_folder { "/" } else { "" };
            Some(format!("would delete {}{slash} from Box", to_printable(path)))
        }
        Message::Finding(it) => {
            let place = it.place.map(|(manifest, line)| format!("{manifest}:{line}"));
            let texts = [Some(it.path), place.as_deref(), it.reason];
            let texts = texts.into_iter().flatten().filter(|text| !text.is_empty());
            let texts = texts.map(|text| format!("\t{}", to_printable(text)));
            Some(it.what.to_owned() + &texts.collect::<String>())
        }
        Message::User(user) => {
            let texts = [Some(&*user.id), user.login.as_deref(), user.name.as_deref()];
            Some(texts.map(|text| to_printable(text.unwrap_or("-"))).join("\t"))
        }
        _ => None,
    }
}

/// Whether an item is a file. The sizes of folders are sums that say nothing of the folder itself.
pub(super) fn is_file(item: &FolderItem) -> bool {
    item.r#type == FolderItemType::File
}

/// Writes a line to standard output. A closed pipe is ignored: the upload counts.
pub(super) fn write_line(line: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}
