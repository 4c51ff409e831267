//! The endpoint that changes the plan of faults while the emulator runs, if that is allowed.

use http::{Method, StatusCode};
use serde_json::json;

use super::body::RequestBody;
use super::error::Stop;
use super::input::LARGEST_JSON;
use super::reply::{self, Reply};
use super::server::Server;
use crate::fault::FaultPlan;

/// Where it is.
pub(crate) const PATH: &str = "/control/faults";

pub(crate) async fn answer(
    server: &Server,
    method: &Method,
    body: &mut RequestBody,
) -> Result<Reply, Stop> {
    let text = body.collect(LARGEST_JSON).await?;
    let faults = &server.faults;
    match *method {
        Method::GET => {}
        Method::DELETE => faults.set(FaultPlan::default()),
        Method::PUT => match std::str::from_utf8(&text).unwrap_or("\0").parse() {
            Ok(plan) => faults.set(plan),
            Err(error) => {
                let answer = json!({ "error": format!("{error}") });
                return Ok(reply::json(StatusCode::BAD_REQUEST, &answer));
            }
        },
        _ => return Ok(reply::empty(StatusCode::METHOD_NOT_ALLOWED)),
    }
    let answer = json!({ "plan": faults.plan(), "fired": faults.fired() });
    Ok(reply::json(StatusCode::OK, &answer))
}
