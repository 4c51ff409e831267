//! Fault plans, drawn by lot.

use box_emulator::{
    Action, Fault, FaultPlan, FaultResponse, Moment, On, Operation, ResponseBodyKind, RetryAfter,
    StallAt,
};
use fastrand::Rng;

/// Those that matter most, more often.
const OPERATIONS: [Operation; 19] = [
    Operation::UploadPart,
    Operation::UploadPart,
    Operation::UploadPart,
    Operation::UploadPart,
    Operation::CommitUploadSession,
    Operation::CommitUploadSession,
    Operation::ListParts,
    Operation::GetUploadSession,
    Operation::CreateUploadSession,
    Operation::CreateUploadSessionForVersion,
    Operation::GetUploadSession,
    Operation::UploadPart,
    Operation::ListParts,
    Operation::CommitUploadSession,
    Operation::AbortUploadSession,
    Operation::PreflightFile,
    Operation::GetFile,
    Operation::UploadFile,
    Operation::UploadFileVersion,
];

fn pick<T: Clone>(random: &mut Rng, choices: &[T]) -> T {
    choices[random.usize(..choices.len())].clone()
}

fn draw_response(random: &mut Rng) -> FaultResponse {
    let statuses = [200, 201, 202, 302, 400, 401, 403, 404, 408, 409, 410, 429, 500, 502, 503, 504];
    // Mostly what passes.
    let response = match random.u8(..3) {
        0 => FaultResponse::new(pick(random, &statuses)),
        _ => FaultResponse::new(pick(random, &[408, 429, 500, 502, 503, 504])),
    };
    // A definite outcome must be true.
    let unknown = matches!(response.status, 200 | 201 | 202 | 408 | 500..);
    let response = if unknown && random.bool() { response.after_effect() } else { response };
    let response = match random.u8(..4) {
        0 => response.retry_after(RetryAfter::Seconds(random.f64() / 50.0)),
        1 => response.retry_after(RetryAfter::Date { date_in: 0.0 }),
        _ => response,
    };
    match random.u8(..4) {
        0 => response.body(pick(
            random,
            &[ResponseBodyKind::ShortError, ResponseBodyKind::Html, ResponseBodyKind::Empty],
        )),
        _ => response,
    }
}

fn draw_action(random: &mut Rng, operation: Operation) -> Action {
    let stall = |random: &mut Rng, seconds| {
        let moments = [
            StallAt::BeforeBody,
            StallAt::DuringBody,
            StallAt::BeforeResponse,
            StallAt::DuringResponse,
        ];
        Action::Stall { at: pick(random, &moments), seconds }
    };
    let session = !matches!(
        operation,
        Operation::CreateUploadSession
            | Operation::CreateUploadSessionForVersion
            | Operation::PreflightFile
            | Operation::GetFile
            | Operation::UploadFile
            | Operation::UploadFileVersion
    );
    loop {
        return match random.u8(..15) {
            0 => Action::Refuse { seconds: random.f64() / 100.0 },
            1 => {
                let moments = [Moment::BeforeBody, Moment::DuringBody, Moment::AfterBody];
                Action::Reset(pick(random, &moments))
            }
            2 | 3 => Action::LoseResponse,
            4 => Action::Truncate,
            5 => stall(random, Some(0.02)),
            6 if random.u8(..4) == 0 => stall(random, None),
            7 => Action::Slow { bytes_per_second: 50_000 + random.u64(..100_000) },
            8 if session && random.bool() => Action::ExpireSession,
            9 if session && random.bool() => Action::FailSession,
            10 => Action::ExpireToken,
            11 if operation == Operation::UploadPart => Action::Corrupt { hidden: random.bool() },
            12 => Action::OtherHost("other.example".to_owned()),
            13 | 14 => Action::Respond(draw_response(random)),
            _ => continue,
        };
    }
}

/// A plan of 3 to 25 faults.
pub(crate) fn draw_plan(random: &mut Rng, seed: u64) -> FaultPlan {
    let mut plan = FaultPlan::new(seed);
    for _ in 0..random.usize(3..=25) {
        let operation = pick(random, &OPERATIONS);
        let action = draw_action(random, operation);
        let fault = match random.u8(..4) {
            0 => Fault::nth(operation, random.u64(1..6), action).times(random.u64(1..4)),
            _ => Fault::random(operation, random.f64() / 3.0, action),
        };
        plan = plan.fault(fault);
    }
    if random.u8(..8) == 0 {
        let refuse = Action::Refuse { seconds: 0.005 };
        plan = plan.fault(Fault::random(On::Connection, 0.1, refuse));
    }
    plan
}
