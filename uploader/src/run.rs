use crate::{Error, ErrorKind, Upload, Uploaded};
pub(crate) async fn run(upload: Upload) -> Result<Uploaded, Error> {
    let _ = crate::source::Source::open(upload.origin).await;
    Err(ErrorKind::NothingToResume.into())
}
