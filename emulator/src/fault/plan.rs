//! Fault plans.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Action, RetryAfter};
use crate::operation::Operation;

/// Faults and when they fire. The same plan and seed treat the same sequence of requests alike.
///
/// When requests arrive concurrently, their order, and so which of them is hit, depends on the
/// network.
///
/// ```
/// use box_emulator::{Action, FaultResponse, Fault, FaultPlan, Operation};
///
/// let plan = FaultPlan::new(7)
///     .fault(Fault::nth(Operation::UploadPart, 3, Action::LoseResponse))
///     .fault(Fault::nth(Operation::CommitUploadSession, 1, Action::Respond(FaultResponse::new(202))).times(3))
///     .fault(Fault::random(Operation::UploadPart, 0.05, Action::Respond(FaultResponse::new(503))));
///
/// let same = "
///     seed: 7
///     faults:
///       - { on: upload_part, nth: 3, do: lose_response }
///       - { on: commit_upload_session, nth: 1, times: 3, do: { respond: { status: 202 } } }
///       - { on: upload_part, probability: 0.05, do: { respond: { status: 503 } } }
/// ";
/// assert_eq!(same.parse::<FaultPlan>()?, plan);
/// # Ok::<(), box_emulator::PlanError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct FaultPlan {
    /// Seed for `probability`.
    #[serde(default)]
    pub seed: u64,
    /// The faults. At most one hits a request: the first that is due.
    #[serde(default)]
    pub faults: Vec<Fault>,
}

impl FaultPlan {
    /// A plan without faults.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, faults: Vec::new() }
    }

    /// Adds a fault.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Checks the plan.
    pub(crate) fn validate(self) -> Result<Self, PlanError> {
        for (index, fault) in self.faults.iter().enumerate() {
            let wrong = |text| PlanError(format!("fault {}: {text}", index + 1));
            fault.check().map_err(wrong)?;
        }
        Ok(self)
    }
}

/// Parses YAML or JSON.
impl FromStr for FaultPlan {
    type Err = PlanError;

    fn from_str(text: &str) -> Result<Self, PlanError> {
        let plan: Self = serde_saphyr::from_str(text).map_err(|error| {
            // It begins with a label of its own; below, it repeats the line of the plan.
            let text = error.to_string();
            let text = text.strip_prefix("error: ").unwrap_or(&text);
            PlanError(text.lines().next().unwrap_or(text).to_owned())
        })?;
        plan.validate()
    }
}

/// A fault: what it hits, when, and what it does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Fault {
    /// What it hits.
    pub on: On,
    /// First request to hit, counted from 1; defaults to 1 without `probability`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<u64>,
    /// Probability of hitting each request, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Maximum number of times it fires; by default once with `nth`, without limit with
    /// `probability`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<Times>,
    /// What it does.
    #[serde(rename = "do")]
    pub action: Action,
}

impl Fault {
    /// Hits the `nth` request, counted from 1.
    ///
    /// ```
    /// use box_emulator::{Action, Fault, FaultResponse, Operation};
    ///
    /// // The second and third commit get 503.
    /// let busy = Action::Respond(FaultResponse::new(503));
    /// let fault = Fault::nth(Operation::CommitUploadSession, 2, busy).times(2);
    /// ```
    #[must_use]
    pub fn nth(on: impl Into<On>, nth: u64, action: Action) -> Self {
        Self { on: on.into(), nth: Some(nth), probability: None, times: None, action }
    }

    /// Hits each request with this probability.
    ///
    /// ```
    /// use box_emulator::{Action, Fault, On};
    ///
    /// // One response in twenty is lost, but no more than three of them.
    /// let fault = Fault::random(On::Any, 0.05, Action::LoseResponse).times(3);
    /// ```
    #[must_use]
    pub fn random(on: impl Into<On>, probability: f64, action: Action) -> Self {
        let on = on.into();
        Self { on, nth: None, probability: Some(probability), times: None, action }
    }

    /// Fires at most this many times; after `nth`, on consecutive requests.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(Times::Count(times));
        self
    }

    /// Fires without limit.
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.times = Some(Times::Forever);
        self
    }

    /// Checks the fault.
    pub(crate) fn check(&self) -> Result<(), String> {
        use Operation::{CreateUploadSession, CreateUploadSessionForVersion, UploadPart};
        if self.nth.is_some() && self.probability.is_some() {
            return Err("`nth` and `probability` exclude each other".to_owned());
        }
        if self.nth == Some(0) {
            return Err("`nth` counts from 1".to_owned());
        }
        if self.probability.is_some_and(|chance| !(0.0..=1.0).contains(&chance)) {
            return Err("`probability` must be between 0 and 1".to_owned());
        }
        let creates = [CreateUploadSession, CreateUploadSessionForVersion];
        let fits = match (&self.action, self.on) {
            (Action::Refuse { .. } | Action::Stall { .. }, On::Connection) => true,
            (_, On::Connection) => false,
            (Action::SessionConflict, On::Operation(operation)) => creates.contains(&operation),
            (Action::SessionConflict, On::Any) => false,
            (Action::Corrupt { .. }, on) => on == On::Operation(UploadPart),
            (Action::ExpireSession | Action::FailSession, On::Operation(operation)) => {
                operation.is_in_session()
            }
            _ => true,
        };
        if !fits {
            return Err(format!("the action does not apply to `{}`", self.on));
        }
        self.check_numbers()
    }

    fn check_numbers(&self) -> Result<(), String> {
        match &self.action {
            Action::Refuse { seconds: number } => check_seconds(*number),
            Action::Stall { seconds: Some(number), .. } => check_seconds(*number),
            Action::Slow { bytes_per_second: 0 } => {
                Err("`bytes_per_second` must not be 0".to_owned())
            }
            Action::Respond(response) => match response.retry_after {
                _ if !(200..600).contains(&response.status) => {
                    Err("`status` must be between 200 and 599".to_owned())
                }
                Some(RetryAfter::Seconds(number) | RetryAfter::Date { date_in: number }) => {
                    check_seconds(number)
                }
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

fn check_seconds(seconds: f64) -> Result<(), String> {
    if (0.0..=1e9).contains(&seconds) {
        Ok(())
    } else {
        Err("seconds must be between 0 and 1,000,000,000".to_owned())
    }
}

/// Target of a fault: the requests of an operation, all requests, or connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum On {
    /// Every request.
    Any,
    /// Connections, when they are accepted.
    Connection,
    /// Requests of this operation.
    Operation(Operation),
}

impl On {
    /// Whether requests of this operation are meant.
    pub(super) fn includes(self, operation: Option<Operation>) -> bool {
        match self {
            Self::Any => true,
            Self::Connection => false,
            Self::Operation(one) => Some(one) == operation,
        }
    }
}

impl From<Operation> for On {
    fn from(operation: Operation) -> Self {
        Self::Operation(operation)
    }
}

impl fmt::Display for On {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Connection => f.write_str("connection"),
            Self::Operation(operation) => operation.fmt(f),
        }
    }
}

impl Serialize for On {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for On {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match &*text {
            "any" => Ok(Self::Any),
            "connection" => Ok(Self::Connection),
            text => match Operation::ALL.iter().find(|operation| operation.as_str() == text) {
                Some(operation) => Ok(Self::Operation(*operation)),
                None => {
                    let names: Vec<_> = Operation::ALL.iter().map(Operation::as_str).collect();
                    let names = names.join(", ");
                    let text = format!(
                        "unknown target `{text}`: expected any, connection, \
                                        {names}"
                    );
                    Err(serde::de::Error::custom(text))
                }
            },
        }
    }
}

/// How often a fault fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "`times` must be a number or `forever`")]
pub enum Times {
    /// At most this many times.
    Count(u64),
    /// Without limit.
    #[serde(with = "forever")]
    Forever,
}

mod forever {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("forever")
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
        match &*String::deserialize(deserializer)? {
            "forever" => Ok(()),
            _ => Err(D::Error::custom("expected `forever`")),
        }
    }
}

/// Why a fault plan is invalid.
#[derive(Clone, Debug)]
pub struct PlanError(pub(crate) String);

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid fault plan: {}", self.0)
    }
}

impl std::error::Error for PlanError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_reported() {
        let error = |text: &str| text.parse::<FaultPlan>().unwrap_err().to_string();
        for (text, told) in [
            ("faults: [{ on: upload, do: truncate }]", "unknown target `upload`"),
            ("faults: [{ on: any, nth: 0, do: truncate }]", "counts from 1"),
            ("faults: [{ on: any, nth: 1, probability: 1, do: truncate }]", "exclude each other"),
            ("faults: [{ on: any, probability: 2, do: truncate }]", "between 0 and 1"),
            ("faults: [{ on: connection, do: truncate }]", "does not apply to `connection`"),
            ("faults: [{ on: list_parts, do: { corrupt: {} } }]", "does not apply"),
            ("faults: [{ on: any, do: { slow: { bytes_per_second: 0 } } }]", "must not be 0"),
            ("faults: [{ on: any, do: { respond: { status: 99 } } }]", "200 and 599"),
            ("faults: [{ on: any, do: { refuse: { seconds: -1 } } }]", "seconds"),
            ("faults: [{ on: any, do: explode }]", "explode"),
            ("faults: [{ on: any, times: never, do: truncate }]", "forever"),
            ("fault: []", "fault"),
            ("{", "invalid fault plan"),
        ] {
            assert!(error(text).contains(told), "{text}: {}", error(text));
        }
    }

    #[test]
    fn a_plan_is_written_as_it_is_read() {
        let text = "
            seed: 3
            faults:
              - { on: any, probability: 0.5, times: forever, do: { reset: during_body } }
              - { on: connection, do: { refuse: { seconds: 0.5 } } }
              - { on: upload_part, do: { respond: { status: 429, retry_after: { date_in: 2 } } } }
              - { on: upload_part, do: { respond: { status: 503, retry_after: 0.5, body: html } } }
              - { on: upload_part, do: { stall: { at: during_response, seconds: 1 } } }
              - { on: get_upload_session, do: { other_host: box.example } }
        ";
        let plan: FaultPlan = text.parse().unwrap();
        assert_eq!(plan.faults.len(), 6);
        let json = serde_json::to_string(&plan).unwrap();
        assert_eq!(json.parse::<FaultPlan>().unwrap(), plan);
    }
}
