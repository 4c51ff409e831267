//! Name and attributes of an uploaded file.

use std::path::Path;
use std::time::SystemTime;

use box_upload_sessions::runtime::DateTime;

use crate::ErrorKind;
use crate::options::{Attributes, Options};
use crate::source::Origin;

/// The name in Box: as the options say, or that of the local file.
pub(crate) fn choose_name(options: &Options, origin: &Origin) -> Result<String, ErrorKind> {
    let own = origin.path().and_then(Path::file_name).and_then(|name| name.to_str());
    let name = options.name.as_deref().or(own);
    name.filter(|name| !name.is_empty()).map(str::to_owned).ok_or_else(|| {
        ErrorKind::Invalid("the file name is not valid UTF-8; specify a name".to_owned())
    })
}

/// The attributes to store; times default to those of the file system.
pub(crate) fn read_attributes(options: &Options, path: Option<&Path>) -> Attributes {
    let metadata = path.and_then(|path| path.metadata().ok());
    let created = metadata.as_ref().and_then(|metadata| metadata.created().ok());
    let modified = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
    let Attributes { description, created_at, modified_at } = options.attributes.clone();
    Attributes {
        description,
        created_at: created_at.or_else(|| to_date_time(created?)),
        modified_at: modified_at.or_else(|| to_date_time(modified?)),
    }
}

/// The time as Box takes it; `None` if RFC 3339 cannot express it.
fn to_date_time(time: SystemTime) -> Option<DateTime> {
    let time = DateTime::from(time);
    // A year that it cannot express is written with a sign.
    (!time.to_string().starts_with(['+', '-'])).then_some(time)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn times_without_words_are_left_out() {
        let text = |time: SystemTime| to_date_time(time).map(|time| time.to_string());
        assert_eq!(text(UNIX_EPOCH).unwrap(), "1970-01-01T00:00:00Z");
        let before = UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(text(before).unwrap(), "1969-12-31T23:59:59Z");
        for seconds in [300_000_000_000, 9_000_000_000_000_000] {
            assert_eq!(text(UNIX_EPOCH + Duration::from_secs(seconds)), None);
        }
    }
}
