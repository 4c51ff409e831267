//! Log of requests, for tests.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use http::Method;
use http::header::{self, HeaderMap, HeaderValue};

use crate::operation::Operation;
use box_upload_common::lock;

/// Number of requests kept.
const MAX_REQUESTS: usize = 16_384;

/// A request received by the emulator.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Request {
    /// Counted from 1, in order of arrival.
    pub number: u64,
    /// The operation, if the path and method name one.
    pub operation: Option<Operation>,
    /// HTTP method.
    pub method: Method,
    /// Path and query as received.
    pub path: String,
    /// Headers, without `Authorization`.
    pub headers: HeaderMap,
    /// When it arrived, by the computer's clock.
    pub arrived: SystemTime,
    /// Time until its response, or until the connection was reset; `None` before that.
    pub took: Option<Duration>,
    /// Bytes of the body received.
    pub received: u64,
    /// Bytes of the response's body; `None` if there was no response.
    pub sent: Option<u64>,
    /// HTTP status of the response; `None` before it, or if there was none.
    pub status: Option<u16>,
}

/// Copies values, which would otherwise keep the connection's whole buffer alive.
fn copy_headers(headers: &HeaderMap) -> HeaderMap {
    let shown = headers.iter().filter(|(name, _)| *name != header::AUTHORIZATION);
    let copy_value = |value: &HeaderValue| HeaderValue::from_bytes(value.as_bytes()).ok();
    shown.filter_map(|(name, value)| Some((name.clone(), copy_value(value)?))).collect()
}

#[derive(Debug, Default)]
pub(crate) struct RequestLog(Mutex<Log>);

#[derive(Debug, Default)]
struct Log {
    count: u64,
    requests: VecDeque<Request>,
}

impl RequestLog {
    /// Records a request and returns its number.
    pub(crate) fn record_arrival(
        &self,
        operation: Option<Operation>,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> u64 {
        let headers = copy_headers(headers);
        let mut log = lock(&self.0);
        log.count += 1;
        let number = log.count;
        if log.requests.len() == MAX_REQUESTS {
            log.requests.pop_front();
        }
        let method = method.clone();
        let path = path.to_owned();
        log.requests.push_back(Request {
            number,
            operation,
            method,
            path,
            headers,
            arrived: SystemTime::now(),
            took: None,
            received: 0,
            sent: None,
            status: None,
        });
        number
    }

    /// Records how a request ended: the bytes received, the status and the bytes sent.
    pub(crate) fn record_end(&self, number: u64, received: u64, response: Option<(u16, u64)>) {
        let mut log = lock(&self.0);
        let first = log.requests.front().map_or(0, |request| request.number);
        let index = number.checked_sub(first).and_then(|index| usize::try_from(index).ok());
        if let Some(request) = index.and_then(|index| log.requests.get_mut(index)) {
            request.took = Some(request.arrived.elapsed().unwrap_or_default());
            request.received = received;
            request.status = response.map(|(status, _)| status);
            request.sent = response.map(|(_, sent)| sent);
        }
    }

    /// Forgets the requests; numbers continue, because some may still be handled.
    pub(crate) fn clear(&self) {
        lock(&self.0).requests.clear();
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        lock(&self.0).requests.iter().cloned().collect()
    }
}
