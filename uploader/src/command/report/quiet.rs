//! Results and errors only.

use super::message::{Format, Message};
use super::notice;
use super::stdout::{self, format_result, write_line};
use crate::command::terminal::Terminal;

/// Reports results and errors only.
pub(super) struct Quiet(pub(super) Terminal);

impl Format for Quiet {
    fn report(&mut self, message: &Message<'_>) {
        match message {
            Message::Stored(stored) => write_line(&format_result(stored)),
            Message::Planned(plan) => write_line(&notice::describe_planned(plan)),
            Message::Unfinished(it) => write_line(&notice::describe_unfinished(it)),
            Message::SignIn { .. } => self.0.write_line(&notice::describe_sign_in(message)),
            Message::Failed { path, failure } => self.0.write_line(&failure.to_text(*path)),
            other => stdout::format_single(other).iter().for_each(|line| write_line(line)),
        }
    }
}
