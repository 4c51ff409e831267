//! `box-upload report`: joins manifests, and finds what is missing or contradicts itself.

mod index;
mod reader;
mod verification;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use box_upload_common::lock;
use box_uploader::{DirectoryEvent, Links, Uploader};

use super::arguments::Report;
use super::client;
use super::command_error::CommandError;
use super::context::Context;
use super::exit::Exit;
use super::folders::{find_folder, wait_unless_interrupted};
use super::manifest::{Line, ManifestFile};
use super::report::{Finding, Message, Reported};
use super::upload::select_files;
use index::{Index, State};
use reader::read_manifest;
use verification::verify_files;

/// Reports what manifests say, and how that compares with a directory and with Box.
pub(super) async fn run_report(context: &Context, report: &Report) -> Result<Exit, CommandError> {
    if let Some(join) = &report.join {
        refuse_overwriting(&report.manifests, join)?;
    }
    let mut reported = Reported::default();
    let mut index = Index::default();
    read_all(context, &report.manifests, &mut index, &mut reported)?;
    if let Some(exit) = context.interrupt.exit() {
        return Ok(exit);
    }
    index.compare_lines();
    reported.duplicates = index.count(State::Duplicate);
    reported.contradictions = index.count(State::Contradiction) + index.count(State::SharedId);
    let mut index = match &report.against {
        Some(directory) => find_missing(context, report, directory, index, &mut reported).await?,
        None => index,
    };
    if report.verify {
        let uploader = client::build_uploader(&report.connection)?;
        let to = report.to.as_deref().unwrap_or_default();
        let verifying = async {
            let id = find_folder(context, &uploader, to, false).await?;
            let verified = verify_files(&uploader, id, &mut index).await;
            verified.map_err(|error| CommandError::from_upload(&error, context.interrupt.exit()))
        };
        let cut = match wait_unless_interrupted(context, verifying).await {
            Ok(cut) => cut?,
            Err(exit) => return Ok(exit),
        };
        for path in cut {
            let finding = Finding { what: "not_listed", path: &path, ..Finding::default() };
            context.reporter.report(&Message::Finding(finding));
            reported.not_listed += 1;
        }
        reported.absent = index.count(State::Absent);
        reported.different = index.count(State::Different);
    }
    reported.files = [State::Valid, State::Stored, State::Absent, State::Different]
        .into_iter()
        .map(|state| index.count(state))
        .sum();
    if let Some(exit) = report_lines(context, report, index).await? {
        return Ok(exit);
    }
    let exit = match (reported.is_flawless(), reported.files) {
        (true, _) => Exit::Done,
        (false, 1..) => Exit::Partial,
        (false, 0) => Exit::Failed,
    };
    reported.exit_code = exit.code();
    context.reporter.report(&Message::Reported(&reported));
    Ok(exit)
}

/// Refuses to replace a manifest that is read.
fn refuse_overwriting(manifests: &[PathBuf], join: &Path) -> Result<(), CommandError> {
    let Ok(join) = join.canonicalize() else { return Ok(()) };
    let read = manifests.iter().find(|path| path.canonicalize().is_ok_and(|path| path == join));
    match read {
        Some(path) => Err(CommandError::usage(format!(
            "`{}` is one of the manifests to join: use another file for --join",
            path.display()
        ))),
        None => Ok(()),
    }
}

fn read_all(
    context: &Context,
    manifests: &[PathBuf],
    index: &mut Index,
    reported: &mut Reported,
) -> Result<(), CommandError> {
    for (number, path) in manifests.iter().enumerate() {
        let manifest =
            u16::try_from(number).map_err(|_| CommandError::usage("more than 65,536 manifests"))?;
        let shown = path.display().to_string();
        let cancel = context.interrupt.token();
        let read = read_manifest(path, cancel, |line, content| match content {
            Ok(content) => index.add_line(manifest, line, &content),
            Err(reason) => {
                reported.damaged += 1;
                let place = Some((&*shown, line));
                let reason = Some(&*reason);
                let finding = Finding { what: "damaged", path: "", place, reason };
                context.reporter.report(&Message::Finding(finding));
            }
        });
        read.map_err(|error| manifest_error("read", path, &error))?;
    }
    Ok(())
}

fn manifest_error(verb: &str, path: &Path, error: &io::Error) -> CommandError {
    CommandError::setup(format!("cannot {verb} the manifest `{}`", path.display())).because(error)
}

/// Reports the files of a directory that no line is about.
async fn find_missing(
    context: &Context,
    report: &Report,
    directory: &Path,
    index: Index,
    reported: &mut Reported,
) -> Result<Index, CommandError> {
    let uploader = Uploader::new(client::build_client(client::client_builder())?);
    let links = if report.follow_links { Links::Follow } else { Links::Skip };
    let upload = select_files(&report.selection, uploader.directory(directory))?.links(links);
    let upload = upload.cancel_on(context.interrupt.token().clone());
    let shared = Arc::new(Mutex::new((index, 0)));
    let sink = Arc::clone(&shared);
    let reporter = context.reporter.clone();
    let upload = upload.on_progress(move |event| match event {
        DirectoryEvent::PlannedFile(file) => {
            let (index, missing) = &mut *lock(&sink);
            if !index.has_path(&file.path_in_box) {
                *missing += 1;
                let path = &*file.path_in_box;
                let finding = Finding { what: "missing", path, ..Finding::default() };
                reporter.report(&Message::Finding(finding));
            }
        }
        DirectoryEvent::Failed { path, error } => {
            let path = &*path.display().to_string();
            let failure = CommandError::from_directory_entry(error, None);
            reporter.report(&Message::Failed { path: Some(path), failure: &failure });
        }
        _ => {}
    });
    let plan = upload.plan().await;
    let plan = plan.map_err(|error| CommandError::from_upload(&error, context.interrupt.exit()))?;
    reported.unreadable = plan.failures;
    let (index, missing) = std::mem::take(&mut *lock(&shared));
    reported.missing = missing;
    Ok(index)
}

/// Reads the manifests again, to report lines in which something is wrong, and to join them. After
/// a signal, returns the exit code, and leaves no joined manifest.
async fn report_lines(
    context: &Context,
    report: &Report,
    index: Index,
) -> Result<Option<Exit>, CommandError> {
    let mut joined = match &report.join {
        Some(path) => {
            let created = match wait_unless_interrupted(context, ManifestFile::create(path)).await {
                Ok(created) => created,
                Err(exit) => return Ok(Some(exit)),
            };
            let join = created.map_err(|error| manifest_error("write", path, &error))?;
            Some((path, join, Ok(())))
        }
        None => None,
    };
    let lines = index.into_lines();
    let mut lines = lines.iter().peekable();
    for (number, path) in report.manifests.iter().enumerate() {
        let shown = path.display().to_string();
        let read = read_manifest(path, context.interrupt.token(), |line, content| {
            let is_here =
                |entry: &&index::Entry| (usize::from(entry.manifest), entry.line) == (number, line);
            let (Some(entry), Ok(content)) = (lines.next_if(is_here), content) else { return };
            report_line(context, &shown, entry, &content);
            if entry.state != State::Duplicate
                && let Some((_, join, written)) = &mut joined
                && written.is_ok()
            {
                *written = join.write_line(&content);
            }
        });
        read.map_err(|error| manifest_error("read", path, &error))?;
    }
    if let Some(exit) = context.interrupt.exit() {
        return Ok(Some(exit));
    }
    if let Some(entry) = lines.peek() {
        let path = report.manifests.get(usize::from(entry.manifest));
        let name = path.map(|path| path.display().to_string()).unwrap_or_default();
        let what = format!("the manifest `{name}` changed while it was read");
        return Err(CommandError::setup(what));
    }
    if let Some((path, join, written)) = joined {
        let finished = written.and_then(|()| join.finish());
        finished.map_err(|error| manifest_error("write", path, &error))?;
    }
    Ok(None)
}

fn report_line(context: &Context, manifest: &str, entry: &index::Entry, line: &Line<'_>) {
    let Line { path, id, size, sha1, .. } = line;
    let (what, reason) = match entry.state {
        State::Valid | State::Duplicate | State::Stored => return,
        State::SharedId => ("contradiction", format!("id {id}, which another path also has")),
        State::Contradiction => ("contradiction", format!("id {id}, {size} bytes, SHA-1 {sha1}")),
        State::Absent => ("absent", format!("id {id}, {size} bytes, SHA-1 {sha1}")),
        State::Different => ("different", format!("id {id}, {size} bytes, SHA-1 {sha1}")),
    };
    let place = Some((manifest, entry.line));
    let finding = Finding { what, path, place, reason: Some(&reason) };
    context.reporter.report(&Message::Finding(finding));
}
