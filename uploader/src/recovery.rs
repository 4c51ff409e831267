//! Repeats a request with side effects without performing it twice.
//!
//! **The promise:** after an unknown outcome, a request is not sent again until the service has
//! been asked and said that it had no effect. Parts, commits and uploads in one request all go
//! through [`run_step`], the only place where such requests are repeated.

use std::time::Duration;

use crate::context::{Attempts, Context};
use crate::request_error::{Outcome, RequestError};
use crate::retry::REJECTIONS;

/// A request with side effects.
pub(crate) trait Step {
    /// Result of the request.
    type Done;
    /// Error that ends the step.
    type Error: From<RequestError>;

    /// Sends the request once.
    async fn send_once(&mut self) -> Result<Attempt<Self::Done>, Self::Error>;

    /// Corrects the classification of a failure where the step knows more than the response says.
    async fn interpret_failure(
        &mut self,
        failure: RequestError,
    ) -> Result<RequestError, Self::Error>;

    /// Asks the service whether the request took effect; `None` if it did not.
    async fn find_result(
        &mut self,
        failure: &RequestError,
    ) -> Result<Option<Self::Done>, Self::Error>;

    /// Handles a refusal. `None` means that the request has changed and is worth sending.
    async fn handle_refusal(
        &mut self,
        failure: RequestError,
    ) -> Result<Option<Self::Done>, Self::Error>;
}

/// Result of sending a request once.
pub(crate) enum Attempt<T> {
    Done(T),
    /// The service asked for time; the step has waited.
    NotYet,
    Failed(RequestError),
}

/// Attempts a step until it succeeds, is refused, or attempts run out.
///
/// `in_doubt` is whether an earlier request of the same kind may still take effect. It is set once
/// an outcome is unknown: from then on, a conflict may be with our own work.
pub(crate) async fn run_step<S: Step>(
    step: &mut S,
    context: &Context,
    in_doubt: &mut bool,
) -> Result<S::Done, S::Error> {
    let mut attempts = Attempts::new(context);
    let mut rejections = 0;
    loop {
        let mut failure = match step.send_once().await? {
            Attempt::Done(done) => return Ok(done),
            Attempt::NotYet => continue,
            Attempt::Failed(failure) => step.interpret_failure(failure).await?,
        };
        let must_look = match failure.outcome {
            Outcome::NotDone => false,
            Outcome::Unknown => {
                *in_doubt = true;
                true
            }
            // The look refreshes the token. A streamed body could not be sent again within the same
            // attempt.
            Outcome::Unauthorized if rejections < REJECTIONS => {
                rejections += 1;
                true
            }
            Outcome::Refused => *in_doubt && failure.is_conflict(),
            Outcome::Unauthorized | Outcome::Final(_) => return Err(failure.into()),
        };
        if must_look && let Some(done) = step.find_result(&failure).await? {
            context.emit_recovered(&failure);
            return Ok(done);
        }
        match failure.outcome {
            Outcome::Refused => match step.handle_refusal(failure).await? {
                Some(done) => return Ok(done),
                None => continue,
            },
            Outcome::Unauthorized => {
                failure.outcome = Outcome::NotDone;
                failure.retry_after = Some(Duration::ZERO);
            }
            Outcome::NotDone | Outcome::Unknown | Outcome::Final(_) => {}
        }
        attempts.wait_for_retry(failure).await?;
    }
}

#[cfg(test)]
mod tests;
