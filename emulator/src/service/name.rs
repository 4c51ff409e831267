//! Names of files and folders.

use box_upload_sessions::types::ClientErrorCode;

use super::Refusal;

/// The longest name, in characters.
const MAX_NAME: usize = 255;

/// Refuses a name that Box does not take.
pub(crate) fn check_name(name: &str) -> Result<(), Refusal> {
    if name.chars().count() > MAX_NAME {
        let text = format!("a name has at most {MAX_NAME} characters");
        return Err(Refusal::bad_request(ClientErrorCode::ItemNameTooLong, text));
    }
    let forbidden = |c: char| matches!(c, '/' | '\\') || c.is_control();
    if name.is_empty() || name == "." || name == ".." || name.trim() != name {
        let text = "a name is not empty, `.` or `..`, and has no space at its ends";
        return Err(Refusal::bad_request(ClientErrorCode::ItemNameInvalid, text));
    }
    if name.contains(forbidden) {
        let text = "a name has no slash, backslash or control character";
        return Err(Refusal::bad_request(ClientErrorCode::ItemNameInvalid, text));
    }
    Ok(())
}

/// What two names that differ in case alone have in common: Box takes them for the same.
pub(crate) fn fold_case(name: &str) -> String {
    name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        let code = |name: &str| check_name(name).map_err(|refusal| refusal.code);
        assert_eq!(code("Übung 1.mov"), Ok(()));
        assert_eq!(code(&"ä".repeat(255)), Ok(()));
        assert_eq!(code(&"ä".repeat(256)), Err(ClientErrorCode::ItemNameTooLong));
        for name in ["", ".", "..", "a/b", "a\\b", " a", "a ", "a\nb", "a\0"] {
            assert_eq!(code(name), Err(ClientErrorCode::ItemNameInvalid), "{name:?}");
        }
    }
}
