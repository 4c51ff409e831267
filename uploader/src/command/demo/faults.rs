//! Faults of the demonstration.

use box_emulator::{Action, Fault, FaultPlan, FaultResponse, Moment, Operation, RetryAfter};

/// A fault, and its description.
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
            "Box created the upload session, but the response was lost",
        ),
        DemoFault::new(
            UploadPart,
            Action::LoseResponse,
            "Box stored a part, but the response was lost",
        ),
        DemoFault::new(
            UploadPart,
            Action::Respond(busy),
            "Box was too busy for a part: 503, retry after 0.5 s",
        ),
        DemoFault::new(
            UploadPart,
            Action::Reset(Moment::DuringBody),
            "the connection broke in the middle of a part",
        ),
        DemoFault::new(
            UploadPart,
            Action::Respond(FaultResponse::new(500).after_effect()),
            "Box responded to a part with 500, although it had stored it",
        ),
        DemoFault::new(
            CommitUploadSession,
            Action::Respond(not_yet),
            "Box had not processed all parts yet: 202, retry after 0.5 s",
        ),
        DemoFault::new(
            CommitUploadSession,
            Action::LoseResponse,
            "Box created the file, but the response was lost",
        ),
        DemoFault::new(
            UploadFile,
            Action::Respond(FaultResponse::new(503)),
            "Box was too busy: 503",
        ),
    ]
}

/// The plan for an upload of this many parts.
pub(super) fn build_plan(parts: u64) -> FaultPlan {
    // Counted per operation, over both attempts.
    let half = parts / 2;
    let nth = [1, 2, 4, half + 3, half + 6, 1, 2, 1];
    let faults = demo_faults().into_iter().zip(nth);
    faults.fold(FaultPlan::new(1), |plan, (DemoFault { on, action, .. }, nth)| {
        plan.fault(Fault::nth(on, nth, action))
    })
}
