use crate::{Error, Uploader};
pub(crate) async fn abort(_: &Uploader, _: &str) -> Result<(), Error> {
    Ok(())
}
