//! Errors of the command, for people and programs: what failed, why, and what to do.

use std::error::Error as StdError;
use std::io;

use box_uploader::{Error, ErrorKind};
use serde_json::{Value, json};

use super::exit::Exit;
use super::terminal::{BAD, ERROR, HINT, apply_style, to_brief, to_printable};

/// An error of the command.
#[derive(Debug)]
pub(crate) struct CommandError {
    /// For programs, in snake case.
    kind: &'static str,
    message: String,
    /// Underlying errors, outermost first.
    causes: Vec<String>,
    hints: Vec<String>,
    details: Box<Details>,
    exit: Exit,
}

/// Details of an upload's failure.
#[derive(Debug, Default)]
struct Details {
    status: Option<u16>,
    code: Option<String>,
    request_id: Option<String>,
    session: Option<String>,
    can_resume: bool,
}

impl CommandError {
    /// An error before anything was sent.
    pub(crate) fn setup(message: impl Into<String>) -> Self {
        Self {
            kind: "setup",
            message: message.into(),
            causes: Vec::new(),
            hints: Vec::new(),
            details: Box::default(),
            exit: Exit::Failed,
        }
    }

    /// Invalid usage that clap did not detect.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { kind: "usage", exit: Exit::Usage, ..Self::setup(message) }
    }

    /// Missing or unusable credentials.
    pub(crate) fn credentials(message: impl Into<String>) -> Self {
        Self { kind: "credentials", exit: Exit::Credentials, ..Self::setup(message) }
    }

    /// There is no session with this id.
    pub(crate) fn no_session(id: &str) -> Self {
        let message = format!("no session `{id}`: it has ended, or never existed");
        Self { kind: "no_session", ..Self::setup(message) }
    }

    /// Adds the underlying errors.
    pub(crate) fn because(mut self, error: &(dyn StdError + 'static)) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            self.causes.push(error.to_string());
            next = error.source();
        }
        // Some errors repeat their sources.
        let message = self.message.clone();
        self.causes.retain(|cause| !message.contains(cause.as_str()));
        self.causes.dedup_by(|cause, before| before.contains(cause.as_str()));
        self
    }

    /// Adds a hint.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The error of an upload; `interrupted` is the exit code after a signal.
    pub(crate) fn from_upload(error: &Error, interrupted: Option<Exit>) -> Self {
        let details = Details {
            status: error.status(),
            code: error.code().map(str::to_owned),
            request_id: error.request_id().map(str::to_owned),
            session: error.session().map(str::to_owned),
            can_resume: error.can_resume(),
        };
        let failure = Self {
            kind: kind_name(error.kind()),
            details: Box::new(details),
            exit: exit_of(error, interrupted),
            hints: hints_for(error),
            ..Self::setup(error.to_string())
        };
        match error.source() {
            Some(source) => failure.because(source),
            None => failure,
        }
    }

    /// The error of a file in a directory, to which options for single files do not apply.
    pub(crate) fn from_directory_entry(error: &Error, interrupted: Option<Exit>) -> Self {
        let mut failure = Self::from_upload(error, interrupted);
        let for_a_file = |hint: &String| hint.contains("--name") || hint.contains("--resume");
        failure.hints.retain(|hint| !for_a_file(hint));
        if matches!(error.code(), Some("item_name_invalid" | "item_name_too_long")) {
            failure.hints.push("rename the local file".to_owned());
        }
        failure
    }

    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// Formats the error for people; `what` is the file concerned.
    pub(crate) fn to_text(&self, what: Option<&str>) -> String {
        let message = to_brief(&self.message);
        let label = match self.exit {
            Exit::Interrupted | Exit::Terminated => apply_style(BAD, "stopped:"),
            _ => apply_style(ERROR, "error:"),
        };
        let mut text = format!("{label} {message}");
        for cause in &self.causes {
            text += &format!("\n  because: {}", to_brief(cause));
        }
        if let Some(what) = what.filter(|what| !self.message.contains(*what)) {
            text += &format!("\n  file: {}", to_printable(what));
        }
        if let Some(session) = &self.details.session {
            text += &format!("\n  session: {}", to_printable(session));
        }
        for hint in &self.hints {
            text += &format!("\n{} {}", apply_style(HINT, "hint:"), to_printable(hint));
        }
        text
    }

    /// Formats the error for programs.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "event": "error",
            "kind": self.kind,
            "message": self.message,
            "causes": self.causes,
            "status": self.details.status,
            "code": self.details.code,
            "request_id": self.details.request_id,
            "can_resume": self.details.can_resume,
            "session": self.details.session,
            "exit_code": self.exit.code(),
        })
    }
}

fn kind_name(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Invalid(_) => "invalid",
        ErrorKind::Source { .. } => "source",
        ErrorKind::SourceChanged { .. } => "source_changed",
        ErrorKind::Refused { .. } => "refused",
        ErrorKind::Credentials { .. } => "credentials",
        ErrorKind::NameInUse { .. } => "name_in_use",
        ErrorKind::NameClash { .. } => "name_clash",
        ErrorKind::NoFolder { .. } => "no_folder",
        ErrorKind::NameRefused { .. } => "name_refused",
        ErrorKind::DeletionRefused { .. } => "deletion_refused",
        ErrorKind::Exhausted { .. } => "exhausted",
        ErrorKind::Tls { .. } => "tls",
        ErrorKind::Redirected { .. } => "redirected",
        ErrorKind::NotProcessed { .. } => "not_processed",
        ErrorKind::SessionLost { .. } => "session_lost",
        ErrorKind::SessionInUse => "session_in_use",
        ErrorKind::Corrupted { .. } => "corrupted",
        ErrorKind::Journal { .. } => "journal",
        ErrorKind::Busy { .. } => "busy",
        ErrorKind::NothingToResume => "nothing_to_resume",
        ErrorKind::Cancelled => "cancelled",
        _ => "other",
    }
}

fn exit_of(error: &Error, interrupted: Option<Exit>) -> Exit {
    match error.kind() {
        ErrorKind::Cancelled => interrupted.unwrap_or(Exit::Interrupted),
        ErrorKind::Invalid(_) => Exit::Usage,
        ErrorKind::Credentials { .. } => Exit::Credentials,
        ErrorKind::NameInUse { .. } | ErrorKind::NameClash { .. } => Exit::NameInUse,
        ErrorKind::SourceChanged { .. } => Exit::SourceChanged,
        _ if error.can_resume() || error.is_temporary() => Exit::Resumable,
        _ => Exit::Failed,
    }
}

/// Suggests what to do.
fn hints_for(error: &Error) -> Vec<String> {
    let first = match error.kind() {
        ErrorKind::Credentials { .. } => Some(
            "tokens expire after about an hour; set BOX_ACCESS_TOKEN to a new one, or use client \
             credentials (see `box-upload --help`)",
        ),
        ErrorKind::NameInUse { .. } => Some(
            "use --on-conflict version to upload a new version, or --on-conflict rename to \
             choose another name",
        ),
        ErrorKind::NoFolder { found, .. } if found.is_empty() => {
            Some("use --parents to create missing folders")
        }
        ErrorKind::NoFolder { found, .. } if found.len() > 1 => {
            Some("use the folder's id, which is the number in its URL, instead of a path")
        }
        ErrorKind::NameClash { .. } => Some("rename one of them, or use --on-conflict rename"),
        ErrorKind::NameRefused { .. } => Some("rename it, or use --encode-names"),
        ErrorKind::DeletionRefused { .. } => {
            Some("check that the directory is complete; use --max-delete to raise the limit")
        }
        ErrorKind::Source { error, .. } if error.kind() == io::ErrorKind::InvalidInput => {
            Some("to upload from a pipe or a device, use `box-upload - --name <NAME>`")
        }
        ErrorKind::SourceChanged { .. } => Some("retry when nothing writes to the file"),
        ErrorKind::NothingToResume => Some("omit --resume to start a new upload"),
        ErrorKind::Busy { .. } => Some("wait for the other process, or stop it"),
        ErrorKind::Journal { .. } => {
            Some("choose another folder with --journal, or use --no-journal to upload without one")
        }
        ErrorKind::Tls { .. } => {
            Some("use --ca-file to trust a private certificate; also check the system clock")
        }
        ErrorKind::Redirected { .. } => {
            Some("Box never redirects: check --base-url, and whether the network requires a login")
        }
        ErrorKind::Refused { status: 407, .. } => {
            Some("set HTTPS_PROXY=http://user:password@host:port")
        }
        ErrorKind::Refused { by_intermediary: true, .. } => Some(
            "contact the network administrator, or see the proxy options in `box-upload --help`",
        ),
        ErrorKind::Refused { status, code, operation, .. } => {
            hint_for_refusal(*status, code.as_deref(), operation)
        }
        _ => None,
    };
    let second = match (error.can_resume(), error.session()) {
        (true, _) => Some(
            "run the same command again to resume; Box keeps the session for 7 days".to_owned(),
        ),
        (false, Some(session)) => {
            Some(format!("run `box-upload abort {session}` to delete the uploaded parts"))
        }
        (false, None) if error.is_temporary() => {
            Some("the problem may be temporary: try again later".to_owned())
        }
        (false, None) => None,
    };
    first.map(str::to_owned).into_iter().chain(second).collect()
}

/// Suggests what to do about a refusal by Box.
fn hint_for_refusal(status: u16, code: Option<&str>, operation: &str) -> Option<&'static str> {
    let hint = match (code.unwrap_or_default(), status) {
        ("storage_limit_exceeded", _) => "the folder owner's storage quota is exhausted",
        ("file_size_limit_exceeded", _) => "the account does not allow files of this size",
        ("insufficient_scope", _) => "the application needs a scope that allows uploads",
        ("item_name_invalid" | "item_name_too_long", _) => "choose another name with --name",
        ("trashed", _) => "the folder is in the trash; restore it or choose another",
        (_, 507) => "Box has insufficient storage",
        (_, 511) => "the network requires a login",
        ("precondition_failed", _) => "the file has changed in Box; check its current version",
        (_, 404)
            if ["create_", "upload_", "list_folder_"]
                .iter()
                .any(|prefix| operation.starts_with(prefix)) =>
        {
            "check the id (the number in the folder's or file's URL) and the account's access to \
             it"
        }
        (_, 403) => "the account has no permission to upload; ask the folder's owner",
        _ => return None,
    };
    Some(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Layer(&'static str, Option<Box<Layer>>);

    impl std::fmt::Display for Layer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.0)
        }
    }

    impl StdError for Layer {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            self.1.as_deref().map(|layer| layer as _)
        }
    }

    #[test]
    fn causes_are_told_once() {
        let lowest = Layer("connection refused", None);
        let middle = Layer("cannot connect: connection refused", Some(Box::new(lowest)));
        let failure = CommandError::setup("no response").because(&middle).hint("try later");
        let text = anstream::adapter::strip_str(&failure.to_text(Some("a.txt"))).to_string();
        insta::assert_snapshot!(text, @r"
        error: no response
          because: cannot connect: connection refused
          file: a.txt
        hint: try later
        ");
    }

    #[test]
    fn messages_cannot_command_the_terminal() {
        let failure = CommandError::setup("bad \u{1b}[2J name");
        assert!(failure.to_text(None).contains("bad \\u{1b}[2J name"));
    }

    #[test]
    fn every_code_has_its_hint() {
        let hint = |status, code| hint_for_refusal(status, code, "create_upload_session");
        assert!(hint(404, Some("invalid_parameter")).is_some_and(|hint| hint.contains("the id")));
        assert!(hint(403, Some("storage_limit_exceeded")).is_some_and(|it| it.contains("quota")));
        assert!(hint(403, None).is_some_and(|hint| hint.contains("owner")));
        assert_eq!(hint(400, None), None);
    }
}
