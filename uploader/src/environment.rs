//! What the environment says.

use std::ffi::OsString;

/// Looks up a read_variable: that of the process, or a test's.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The read_variable `name` without white space around it, unless that leaves nothing.
pub(crate) fn read_variable(
    environment: Environment<'_>,
    name: &str,
) -> Result<Option<String>, String> {
    match environment(name).map(OsString::into_string) {
        None => Ok(None),
        Some(Ok(value)) => Ok(Some(value.trim().to_owned()).filter(|value| !value.is_empty())),
        Some(Err(_)) => Err(format!("{name} is not valid Unicode")),
    }
}
