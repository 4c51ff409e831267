use std::{
    fs,
    io::{self, Read},
    path::Path,
};

use openapi_crate::source::Source;

/// What messages call the standard input.
pub(super) const STDIN: &str = "<stdin>";

/// Reads the files that the command line names.
#[derive(Default)]
pub(super) struct Files {
    stdin_is_taken: bool,
}

impl Files {
    /// Reads a file; `-` is the standard input, once.
    pub(super) fn read(&mut self, path: &Path) -> Result<Source, String> {
        let stdin = path == Path::new("-");
        let name = if stdin { STDIN.to_owned() } else { path.display().to_string() };
        if stdin && std::mem::replace(&mut self.stdin_is_taken, true) {
            return Err("standard input can only be read once".to_owned());
        }
        let bytes = if stdin {
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes).map(|_| bytes)
        } else {
            fs::read(path)
        };
        let bytes = bytes.map_err(|error| format!("{name}: {}", describe_io_error(&error)))?;
        match decode_utf8(bytes) {
            Ok(text) => Ok(Source::new(name, text)),
            Err(reason) => Err(format!("{name}: {reason}")),
        }
    }
}

/// The text that the bytes are, or why they are none.
pub(super) fn decode_utf8(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| match error.as_bytes() {
        [0xfe, 0xff, ..] | [0xff, 0xfe, ..] => "the file is UTF-16; save it as UTF-8".to_owned(),
        bytes => {
            let read = &bytes[..error.utf8_error().valid_up_to()];
            let line = read.split(|byte| *byte == b'\n').count();
            format!("line {line} is not valid UTF-8")
        }
    })
}

/// Why a file cannot be read, in words.
pub(super) fn describe_io_error(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::IsADirectory => "is a directory, not a file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

/// The text in lines of at most `width` characters.
pub(super) fn wrap_text(text: &str, width: usize) -> String {
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
