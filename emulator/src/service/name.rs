//! Names of files and folders.

use box_upload_sessions::types::ClientErrorCode;

use super::Refusal;

/// Maximum length, in characters.
const MAX_NAME: usize = 255;

/// Checks whether Box accepts a name.
pub(crate) fn check_name(name: &str) -> Result<(), Refusal> {
    if name.chars().count() > MAX_NAME {
        let text = format!("the name exceeds {MAX_NAME} characters");
        return Err(Refusal::bad_request(ClientErrorCode::ItemNameTooLong, text));
    }
    let forbidden = |c: char| matches!(c, '/' | '\\') || c.is_control();
    if name.is_empty() || name == "." || name == ".." || name.trim() != name {
        let text = "the name must not be empty, `.` or `..`, nor start or end with a space";
        return Err(Refusal::bad_request(ClientErrorCode::ItemNameInvalid, text));
    }
    if name.contains(forbidden) {
        let text = "the name must not contain slashes, backslashes or control characters";
        return Err(Refusal::bad_request(ClientErrorCode::ItemNameInvalid, text));
    }
    Ok(())
}

/// Folds case: Box ignores it in names.
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
