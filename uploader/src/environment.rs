//! Environment variables.

use std::ffi::OsString;

/// Looks up a variable, of the process or of a test.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The trimmed value of a variable; `None` if it is unset or empty.
pub(crate) fn read_variable(
    environment: Environment<'_>,
    name: &str,
) -> Result<Option<String>, String> {
    match environment(name).map(OsString::into_string) {
        None => Ok(None),
        Some(Ok(value)) => Ok(Some(value.trim().to_owned()).filter(|value| !value.is_empty())),
        Some(Err(_)) => Err(format!("{name} is not valid UTF-8")),
    }
}
