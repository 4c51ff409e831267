//! What goes wrong in the demonstration.

use box_emulator::{Action, Fault, FaultPlan, FaultResponse, Moment, Operation, RetryAfter};

/// What happens, and what is said of it.
pub(super) struct DemoFault {
    pub(super) on: Operation,
    pub(super) action: Action,
    pub(super) what: &'static str,
}

impl DemoFault {
    fn new(on: Operation, action: Action, what: &'static str) -> Self {
        Self { on, action, what }
    }
}

/// The faults, in the order of the plan.
pub(super) fn demo_faults() -> Vec<DemoFault> {
    let busy = FaultResponse::new(503).retry_after(RetryAfter::Seconds(0.5));
    let not_yet = FaultResponse::new(202).retry_after(RetryAfter::Seconds(0.5));
    use Operation::{CommitUploadSession, CreateUploadSession, UploadFile, UploadPart};
    vec![
        DemoFault::new(
            CreateUploadSession,
            Action::LoseResponse,
            "Box made the upload session, and the answer was lost",
        ),
        DemoFault::new(
            UploadPart,
            Action::LoseResponse,
            "Box stored a part, and the answer was lost",
        ),
        DemoFault::new(
            UploadPart,
            Action::Respond(busy),
            "Box was too busy for a part: 503, in 0.5 s again",
        ),
        DemoFault::new(
            UploadPart,
            Action::Reset(Moment::DuringBody),
            "the connection broke in the middle of a part",
        ),
        DemoFault::new(
            UploadPart,
            Action::Respond(FaultResponse::new(500).after_effect()),
            "Box answered a part with 500, though it had stored it",
        ),
        DemoFault::new(
            CommitUploadSession,
            Action::Respond(not_yet),
            "Box had not processed all parts yet: 202, in 0.5 s again",
        ),
        DemoFault::new(
            CommitUploadSession,
            Action::LoseResponse,
            "Box made the file, and the answer was lost",
        ),
        DemoFault::new(
            UploadFile,
            Action::Respond(FaultResponse::new(503)),
            "Box was too busy: 503",
        ),
    ]
}

/// When which of them happens in an upload of so many parts.
pub(super) fn build_plan(parts: u64) -> FaultPlan {
    // Of the requests of its operation, counted over both attempts.
    let half = parts / 2;
    let nth = [1, 2, 4, half + 3, half + 6, 1, 2, 1];
    let faults = demo_faults().into_iter().zip(nth);
    faults.fold(FaultPlan::new(1), |plan, (DemoFault { on, action, .. }, nth)| {
        plan.fault(Fault::nth(on, nth, action))
    })
}
