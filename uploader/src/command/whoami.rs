//! `box-upload whoami`.

use super::arguments::Connection;
use super::client;
use super::command_error::CommandError;
use super::context::Context;
use super::exit::Exit;
use super::folders::wait_unless_interrupted;
use super::report::Message;

/// Prints the user whom the credentials belong to.
pub(super) async fn run_whoami(
    context: &Context,
    connection: &Connection,
) -> Result<Exit, CommandError> {
    let uploader = client::build_uploader(connection)?;
    let user = match wait_unless_interrupted(context, uploader.current_user()).await {
        Ok(user) => user.map_err(|error| CommandError::from_upload(&error, None))?,
        Err(exit) => return Ok(exit),
    };
    context.reporter.report(&Message::User(&user));
    Ok(Exit::Done)
}
