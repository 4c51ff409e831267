use serde_json::{Value, json};

use super::{Diagnostics, placed::Placed};
use crate::source::Input;

impl Diagnostics {
    /// The findings as JSON Lines, in the order of the text: one object a line with `code`,
    /// `severity`, `message`, `help` (may be null), `file`, `line` and `column` (both from 1, columns
    /// in characters) and `pointer` (RFC 6901, in the document after overlays and repairs).
    ///
    /// `input` is what the findings were made from.
    #[must_use]
    pub fn render_json(&self, input: &Input) -> String {
        let placed = Placed::new(self, input);
        let mut text = String::new();
        for found in &placed.findings {
            let file = &placed.files[found.file];
            let (line, column) = file.lines.position(found.mark.start);
            let object: Value = json!({
                "code": found.finding.code.name(),
                "severity": found.finding.code.severity().name(),
                "message": found.finding.message,
                "help": found.finding.help,
                "file": file.name,
                "line": line,
                "column": column,
                "pointer": found.finding.pointer.as_str(),
            });
            text.push_str(&object.to_string());
            text.push('\n');
        }
        text
    }
}
