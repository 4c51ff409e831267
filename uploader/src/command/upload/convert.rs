//! Converts options of the command line to those of the library.

use crate::command::arguments::{self, OnConflict};

pub(super) fn to_links(transfer: &arguments::Transfer) -> box_uploader::Links {
    match transfer.links {
        _ if transfer.follow_links => box_uploader::Links::Follow,
        arguments::Links::Skip => box_uploader::Links::Skip,
        arguments::Links::Follow => box_uploader::Links::Follow,
        arguments::Links::Fail => box_uploader::Links::Fail,
    }
}

pub(super) fn to_on_conflict(what: OnConflict) -> box_uploader::OnConflict {
    match what {
        OnConflict::Fail => box_uploader::OnConflict::Fail,
        OnConflict::Version => box_uploader::OnConflict::Version,
        OnConflict::Rename => box_uploader::OnConflict::Rename,
    }
}
