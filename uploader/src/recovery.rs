//! How a request that changes something is repeated without doing it twice.
//!
//! **The promise:** a request whose effect is unknown is not sent again before the service was
//! asked, and said that there was none. Parts, commits and uploads in one request all go through
//! [`recover`], the only place where such a request is repeated.

use std::time::Duration;

use crate::context::{Attempts, Context};
use crate::request_error::{Outcome, RequestError};
use crate::retry::REJECTIONS;

/// A request that changes something at the service.
pub(crate) trait Step {
    /// What the request is for.
    type Done;
    /// How the step ends that did not succeed.
    type Error: From<RequestError>;

    /// Sends the request once.
    async fn attempt(&mut self) -> Result<Attempt<Self::Done>, Self::Error>;

    /// Corrects what a failure means, where this step knows more than the response says.
    async fn interpret(&mut self, failure: RequestError) -> Result<RequestError, Self::Error>;

    /// Asks the service whether the request had its effect; `None` if it had not.
    async fn look(&mut self, failure: &RequestError) -> Result<Option<Self::Done>, Self::Error>;

    /// Handles a refusal: `None` if the request is a different one from now on, and worth sending.
    async fn refused(&mut self, failure: RequestError) -> Result<Option<Self::Done>, Self::Error>;
}

/// What came of sending a request once.
pub(crate) enum Attempt<T> {
    Done(T),
    /// The service asked for time, and was given it.
    NotYet,
    Failed(RequestError),
}

/// Attempts a step until it is done or refused, or there were too many attempts.
///
/// `in_doubt` is whether an earlier request of the same kind may still take effect. It becomes true
/// once an outcome is unknown: from then on, a conflict may be with our own work.
pub(crate) async fn recover<S: Step>(
    step: &mut S,
    context: &Context,
    in_doubt: &mut bool,
) -> Result<S::Done, S::Error> {
    let mut attempts = Attempts::new(context);
    let mut rejections = 0;
    loop {
        let mut failure = match step.attempt().await? {
            Attempt::Done(done) => return Ok(done),
            Attempt::NotYet => continue,
            Attempt::Failed(failure) => step.interpret(failure).await?,
        };
        let must_look = match failure.outcome {
            Outcome::NotDone => false,
            Outcome::Unknown => {
                *in_doubt = true;
                true
            }
            // Looking can be repeated with a fresh token, which a body that streams cannot: the
            // next attempt finds the token that this brings.
            Outcome::Unauthorized if rejections < REJECTIONS => {
                rejections += 1;
                true
            }
            Outcome::Refused => *in_doubt && failure.is_conflict(),
            Outcome::Unauthorized | Outcome::Final(_) => return Err(failure.into()),
        };
        if must_look && let Some(done) = step.look(&failure).await? {
            context.emit_recovered(&failure);
            return Ok(done);
        }
        match failure.outcome {
            Outcome::Refused => match step.refused(failure).await? {
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
