//! The fault plan: read, replaced, added to, and its faults switched on and off.

use box_upload_sessions::types::ClientErrorCode;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::body::RequestBody;
use super::super::error::HandlerError;
use super::super::input::{self, MAX_JSON};
use super::super::response::{self, HttpResponse};
use super::{AdminCall, method_not_allowed, no_such_path};
use crate::fault::{FaultPlan, FaultState};
use crate::service::Refusal;

/// Body of a request that switches a fault.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    enabled: bool,
}

pub(crate) async fn handle_faults(
    call: &AdminCall<'_>,
    path: &[&str],
    body: &mut RequestBody,
) -> Result<HttpResponse, HandlerError> {
    let faults = &call.server.faults;
    let text = body.read_to_end(MAX_JSON).await?;
    match (call.head.method.as_str(), path) {
        ("GET", []) => return Ok(faults_response(call)),
        ("PUT", []) => faults.set_plan(parse_plan(&text)?),
        ("POST", []) => {
            let plan = format!("faults: [{}]", read_utf8(&text)?.trim());
            for fault in parse_plan(plan.as_bytes())?.faults {
                faults.add_fault(fault);
            }
        }
        ("DELETE", []) => faults.set_plan(FaultPlan::default()),
        ("PATCH", [number]) => {
            let Switch { enabled } = input::decode_json(&text)?;
            let number = number.parse::<usize>().ok();
            let switched = number.and_then(|number| number.checked_sub(1));
            if !switched.is_some_and(|index| faults.enable_fault(index, enabled)) {
                let text = "the plan has no such fault";
                return Err(Refusal::not_found(ClientErrorCode::NotFound, text).into());
            }
        }
        (_, [] | [_]) => return Err(method_not_allowed().into()),
        _ => return Err(no_such_path().into()),
    }
    call.server.notify_page();
    Ok(faults_response(call))
}

fn read_utf8(text: &[u8]) -> Result<&str, Refusal> {
    let error = |_| Refusal::bad_request(ClientErrorCode::BadRequest, "the plan is not UTF-8");
    std::str::from_utf8(text).map_err(error)
}

fn parse_plan(text: &[u8]) -> Result<FaultPlan, Refusal> {
    let error = |error| Refusal::bad_request(ClientErrorCode::BadRequest, format!("{error}"));
    read_utf8(text)?.parse().map_err(error)
}

fn faults_response(call: &AdminCall<'_>) -> HttpResponse {
    let faults = &call.server.faults;
    let states = faults.states().into_iter().enumerate();
    let states = states.map(|(index, state)| fault_json(index, &state));
    let plan = faults.plan();
    let fired = faults.fired().into_iter().map(|fired| {
        json!({
            "request": fired.request,
            "operation": fired.operation,
            "fault": fired.fault + 1,
            "do": fired.action,
        })
    });
    let response = json!({
        "seed": plan.seed,
        "plan": plan.to_string(),
        "faults": states.collect::<Vec<_>>(),
        "fired": fired.collect::<Vec<_>>(),
    });
    response::json_response(StatusCode::OK, &response)
}

fn fault_json(index: usize, state: &FaultState) -> Value {
    json!({
        "number": index + 1,
        "fault": state.fault,
        "text": state.fault.to_string(),
        "enabled": state.enabled,
        "seen": state.seen,
        "fired": state.fired,
    })
}
