//! Why something did not work, for people and for programs: what, where, and what to do.

use std::error::Error as StdError;
use std::io;

use box_uploader::{Error, ErrorKind};
use serde_json::{Value, json};

use super::exit::Exit;
use super::terminal::{BAD, ERROR, HINT, styled, to_brief, to_printable};

/// A failure, in the command's words.
#[derive(Debug)]
pub(crate) struct CommandError {
    /// For programs, in snake case.
    kind: &'static str,
    message: String,
    /// What lies beneath it, outermost first.
    causes: Vec<String>,
    hints: Vec<String>,
    details: Box<Details>,
    exit: Exit,
}

/// What is known if an upload had begun.
#[derive(Debug, Default)]
struct Details {
    status: Option<u16>,
    code: Option<String>,
    request_id: Option<String>,
    session: Option<String>,
    can_resume: bool,
}

impl CommandError {
    /// A failure before anything was sent.
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

    /// The command line makes no sense, as it turned out.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { kind: "usage", exit: Exit::Usage, ..Self::setup(message) }
    }

    /// There are no credentials, or none that can be used.
    pub(crate) fn credentials(message: impl Into<String>) -> Self {
        Self { kind: "credentials", exit: Exit::Credentials, ..Self::setup(message) }
    }

    /// There is no session of this id.
    pub(crate) fn no_session(id: &str) -> Self {
        let message = format!("there is no session `{id}`: it has ended already, or never existed");
        Self { kind: "no_session", ..Self::setup(message) }
    }

    /// With what lies beneath.
    pub(crate) fn because(mut self, error: &(dyn StdError + 'static)) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            self.causes.push(error.to_string());
            next = error.source();
        }
        // Some errors repeat what lies beneath them.
        let message = self.message.clone();
        self.causes.retain(|cause| !message.contains(cause.as_str()));
        self.causes.dedup_by(|cause, before| before.contains(cause.as_str()));
        self
    }

    /// With a word on what to do.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// An upload's failure; `interrupted` is how to end if a signal came.
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

    /// The same of a file in a directory, where options for one file are no help.
    pub(crate) fn from_directory_entry(error: &Error, interrupted: Option<Exit>) -> Self {
        let mut failure = Self::from_upload(error, interrupted);
        let for_a_file = |hint: &String| hint.contains("--name") || hint.contains("--resume");
        failure.hints.retain(|hint| !for_a_file(hint));
        if matches!(error.code(), Some("item_name_invalid" | "item_name_too_long")) {
            failure.hints.push("rename it here".to_owned());
        }
        failure
    }

    /// How the command ends because of it.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// Lines for people; `what` is what it was about.
    pub(crate) fn to_text(&self, what: Option<&str>) -> String {
        let message = to_brief(&self.message);
        let label = match self.exit {
            Exit::Interrupted | Exit::Terminated => styled(BAD, "stopped:"),
            _ => styled(ERROR, "error:"),
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
            text += &format!("\n{} {}", styled(HINT, "hint:"), to_printable(hint));
        }
        text
    }

    /// An object for programs.
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

/// What to do now.
fn hints_for(error: &Error) -> Vec<String> {
    let first = match error.kind() {
        ErrorKind::Credentials { .. } => Some(
            "tokens live for about an hour; set BOX_ACCESS_TOKEN to a fresh one, or let an \
             application fetch them (`box-upload --help`)",
        ),
        ErrorKind::NameInUse { .. } => Some(
            "--on-conflict version makes a new version of it, --on-conflict rename takes another \
             name",
        ),
        ErrorKind::NameClash { .. } => {
            Some("rename one of them, or take another name with --on-conflict rename")
        }
        ErrorKind::Source { error, .. } if error.kind() == io::ErrorKind::InvalidInput => {
            Some("`box-upload - --name <NAME>` uploads what comes out of a pipe or a device")
        }
        ErrorKind::SourceChanged { .. } => Some("upload it once nothing writes to it any more"),
        ErrorKind::NothingToResume => Some("without --resume, the upload begins anew"),
        ErrorKind::Busy { .. } => Some("wait until it has ended, or end it"),
        ErrorKind::Journal { .. } => Some(
            "choose another folder with --journal, or upload without resumption by --no-journal",
        ),
        ErrorKind::Tls { .. } => Some(
            "--ca-file trusts another certificate, such as a company's own; a wrong clock makes \
             good certificates invalid",
        ),
        ErrorKind::Redirected { .. } => Some(
            "Box does not redirect: either --base-url is not quite right, or the network wants a \
             login first",
        ),
        ErrorKind::Refused { status: 407, .. } => {
            Some("HTTPS_PROXY=http://user:password@host:port names a proxy with its password")
        }
        ErrorKind::Refused { by_intermediary: true, .. } => Some(
            "a proxy or a firewall forbids it: ask whoever runs the network, or see the proxy's \
             options in `box-upload --help`",
        ),
        ErrorKind::Refused { status, code, operation, .. } => {
            hint_for_refusal(*status, code.as_deref(), operation)
        }
        _ => None,
    };
    let second = match (error.can_resume(), error.session()) {
        (true, _) => Some(
            "the same command goes on where this one ended; Box keeps the session for 7 days"
                .to_owned(),
        ),
        (false, Some(session)) => {
            Some(format!("`box-upload abort {session}` drops what Box has of it"))
        }
        (false, None) if error.is_temporary() => {
            Some("this may pass: try the same command again later".to_owned())
        }
        (false, None) => None,
    };
    first.map(str::to_owned).into_iter().chain(second).collect()
}

/// What to do about Box's refusal.
fn hint_for_refusal(status: u16, code: Option<&str>, operation: &str) -> Option<&'static str> {
    let hint = match (code.unwrap_or_default(), status) {
        ("storage_limit_exceeded", _) => "the owner of the folder has no room left at Box",
        ("file_size_limit_exceeded", _) => "the account's plan does not allow files of this size",
        ("insufficient_scope", _) => "the application needs the scope to write files",
        ("item_name_invalid" | "item_name_too_long", _) => "choose another name with --name",
        ("trashed", _) => "the folder is in the trash; restore it, or choose another",
        (_, 507) => "Box has no room for the file",
        (_, 511) => "the network wants a login first",
        ("precondition_failed", _) => "the file has changed at Box; look at its present version",
        (_, 404) if operation.starts_with("create_") || operation.starts_with("upload_") => {
            "check the id, and that the account may see it: it is the number in the URL of the \
             folder or file"
        }
        (_, 403) => "the account may not write there; ask the folder's owner",
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
        let failure = CommandError::setup("no answer").because(&middle).hint("try later");
        let text = anstream::adapter::strip_str(&failure.to_text(Some("a.txt"))).to_string();
        insta::assert_snapshot!(text, @r"
        error: no answer
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
        assert!(hint(403, Some("storage_limit_exceeded")).is_some_and(|it| it.contains("room")));
        assert!(hint(403, None).is_some_and(|hint| hint.contains("owner")));
        assert_eq!(hint(400, None), None);
    }
}
