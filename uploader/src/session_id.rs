//! Ids of upload sessions, as the service and the journal name them.

/// Whether a session of this id can be asked for: the id becomes a segment of a path.
pub(crate) fn is_valid_session_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 256 && id != "." && id != ".." && !id.contains(char::is_control)
}
