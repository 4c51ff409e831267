//! Users.

use http::StatusCode;

use super::call::Call;
use super::error::HandlerError;
use super::response::{self, HttpResponse};
use crate::service::describe_user;

pub(crate) fn get_current_user(call: &Call<'_>) -> Result<HttpResponse, HandlerError> {
    let caller = call.authenticate_caller()?;
    Ok(response::json_response(StatusCode::OK, &describe_user(&caller.user)))
}
