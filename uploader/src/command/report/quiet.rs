//! Results and errors alone.

use super::message::{Form, News};
use super::notice;
use super::stdout::{result_line, write_line};
use crate::command::terminal::Terminal;

/// Results and errors alone.
pub(super) struct Quiet(pub(super) Terminal);

impl Form for Quiet {
    fn tell(&mut self, news: &News<'_>) {
        match news {
            News::Stored(stored) => write_line(&result_line(stored)),
            News::Planned(plan) => write_line(&notice::planned(plan)),
            News::Unfinished(it) => write_line(&notice::unfinished(it)),
            News::Failed { path, failure } => self.0.line(&failure.text(*path)),
            _ => {}
        }
    }
}
