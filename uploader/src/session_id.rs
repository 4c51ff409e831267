//! Ids of upload sessions.

/// Whether the id can be used as a path segment.
pub(crate) fn is_valid_session_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 256 && id != "." && id != ".." && !id.contains(char::is_control)
}
