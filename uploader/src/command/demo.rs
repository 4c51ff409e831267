//! `box-upload --demo`.
use super::Context;
use super::arguments::Upload;
use super::exit::Exit;
use super::failure::Failure;
pub(super) async fn run(_: &Context, _: &Upload) -> Result<Exit, Failure> {
    Ok(Exit::Failed)
}
