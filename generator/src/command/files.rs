use std::{
    fs,
    io::{self, Read},
    path::Path,
};

use openapi_crate::source::Source;

/// Reads the files that the command line names.
#[derive(Default)]
pub(super) struct Files {
    stdin_is_taken: bool,
}

impl Files {
    /// Reads a file; `-` is the standard input, once.
    pub(super) fn read(&mut self, path: &Path) -> Result<Source, String> {
        let stdin = path == Path::new("-");
        let name = if stdin { "<stdin>".to_owned() } else { path.display().to_string() };
        if stdin && std::mem::replace(&mut self.stdin_is_taken, true) {
            return Err("the standard input can be read only once".to_owned());
        }
        let bytes = if stdin {
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes).map(|_| bytes)
        } else {
            fs::read(path)
        };
        let bytes = bytes.map_err(|error| format!("{name}: {}", reason(&error)))?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Source::new(name, text)),
            Err(error) => {
                let line = error.as_bytes()[..error.utf8_error().valid_up_to()]
                    .split(|byte| *byte == b'\n')
                    .count();
                Err(format!(
                    "{name}: {}",
                    match error.as_bytes() {
                        [0xfe, 0xff, ..] | [0xff, 0xfe, ..] =>
                            "the text is UTF-16; save it as UTF-8".to_owned(),
                        _ => format!("line {line} is not UTF-8 text"),
                    }
                ))
            }
        }
    }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::IsADirectory => "this is a directory, not a file".to_owned(),
        io::ErrorKind::PermissionDenied => "this may not be read (permission denied)".to_owned(),
        _ => error.to_string(),
    }
}

/// The text in lines of at most `width` characters.
pub(super) fn wrap(text: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].chars().count() + 1 + word.chars().count() > width
        {
            lines.push(word.to_owned());
        } else {
            if !lines[last].is_empty() {
                lines[last].push(' ');
            }
            lines[last].push_str(word);
        }
    }
    lines.join("\n")
}
