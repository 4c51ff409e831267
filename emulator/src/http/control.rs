//! Endpoint for changing the fault plan of a running emulator.

use http::{Method, StatusCode};
use serde_json::json;

use super::body::RequestBody;
use super::error::HandlerError;
use super::input::MAX_JSON;
use super::response::{self, HttpResponse};
use super::server::Server;
use crate::fault::FaultPlan;

/// Path of the endpoint.
pub(crate) const PATH: &str = "/control/faults";

pub(crate) async fn handle_control(
    server: &Server,
    method: &Method,
    body: &mut RequestBody,
) -> Result<HttpResponse, HandlerError> {
    let text = body.read_to_end(MAX_JSON).await?;
    let faults = &server.faults;
    match *method {
        Method::GET => {}
        Method::DELETE => faults.set_plan(FaultPlan::default()),
        Method::PUT => match std::str::from_utf8(&text).unwrap_or("\0").parse() {
            Ok(plan) => faults.set_plan(plan),
            Err(error) => {
                let response = json!({ "error": format!("{error}") });
                return Ok(response::json_response(StatusCode::BAD_REQUEST, &response));
            }
        },
        _ => return Ok(response::empty_response(StatusCode::METHOD_NOT_ALLOWED)),
    }
    let response = json!({ "plan": faults.plan(), "fired": faults.fired() });
    Ok(response::json_response(StatusCode::OK, &response))
}
