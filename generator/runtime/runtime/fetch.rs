//! The transport of feature `fetch`: that of a browser, a worker, Node.js or Deno.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{Body, BoxError, BoxFuture, Error, Failure, Transport};

/// Sends by the `fetch` of the JavaScript around a program in WebAssembly.
///
/// Bodies are sent, and responses read, whole. Which requests may be sent, and which headers of responses can
/// be read, is for the service's CORS headers to say. In a browser, a redirect is [`Error::Transport`]:
/// `fetch` does not show there where it leads. So is every other failure: JavaScript does not tell whether
/// there was a connection.
#[derive(Clone, Copy, Debug, Default)]
pub struct FetchTransport;

impl Transport for FetchTransport {
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.bytes().await.map_err(|error| Error::Transport(error.into()))?;
            let response = run_locally(exchange(head, body)).await;
            response.map(|response| response.map(Body::from)).map_err(Error::Transport)
        })
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            // Without a timer there are no time limits.
            if run_locally(wait(duration)).await.is_err() {
                std::future::pending().await
            }
        })
    }
}

async fn exchange(head: Parts, body: Bytes) -> Result<Response<Bytes>, BoxError> {
    let options = Object::new();
    let set = |name: &str, value: &JsValue| Reflect::set(&options, &name.into(), value);
    let headers = Array::new();
    for (name, value) in &head.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        headers.push(&Array::of2(&name.as_str().into(), &(&*value).into()));
    }
    let controller: Function = get(&js_sys::global(), "AbortController")?;
    let controller = Reflect::construct(&controller, &Array::new()).map_err(error)?;
    set("method", &head.method.as_str().into()).map_err(error)?;
    set("headers", &headers).map_err(error)?;
    set("redirect", &"manual".into()).map_err(error)?;
    set("signal", &get::<JsValue>(&controller, "signal")?).map_err(error)?;
    if !body.is_empty() {
        set("body", &Uint8Array::from(&*body)).map_err(error)?;
    }
    let abort = Abort(controller);
    let fetch: Function = get(&js_sys::global(), "fetch")?;
    let url = head.uri.to_string();
    let sent = fetch.call2(&JsValue::UNDEFINED, &url.into(), &options).map_err(error)?;
    let answer = settle(sent).await?;
    let body: Function = get(&answer, "arrayBuffer")?;
    let body = settle(body.call0(&answer).map_err(error)?).await?;
    abort.disarm();
    let status = get::<JsValue>(&answer, "status")?.as_f64().unwrap_or_default();
    let mut response = Response::builder().status(status as u16);
    let headers: JsValue = get(&answer, "headers")?;
    for pair in js_sys::try_iter(&headers).map_err(error)?.into_iter().flatten() {
        let pair = Array::from(&pair.map_err(error)?);
        let name = pair.get(0).as_string();
        let value = pair.get(1).as_string();
        response = response.header(name.unwrap_or_default(), value.unwrap_or_default());
    }
    Ok(response.body(Uint8Array::new(&body).to_vec().into())?)
}

async fn wait(duration: Duration) -> Result<(), BoxError> {
    let timer: Function = get(&js_sys::global(), "setTimeout")?;
    // What is longer, `setTimeout` takes for zero: some 24 days.
    let limit = i32::MAX.unsigned_abs().into();
    let millis = duration.as_millis().min(limit) as f64;
    let promise = Promise::new(&mut |resolve, _| {
        // If it fails, the promise stays open, as if the time were long.
        let _ = timer.call2(&JsValue::UNDEFINED, &resolve, &millis.into());
    });
    JsFuture::from(promise).await.map(drop).map_err(error)
}

/// Aborts a request that nobody waits for any more.
struct Abort(JsValue);

impl Abort {
    fn disarm(mut self) {
        self.0 = JsValue::UNDEFINED;
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        if let Ok(abort) = get::<Function>(&self.0, "abort") {
            // It cannot fail, and there would be nobody to tell.
            let _ = abort.call0(&self.0);
        }
    }
}

fn get<T: JsCast>(object: &JsValue, name: &str) -> Result<T, BoxError> {
    let value = Reflect::get(object, &name.into()).map_err(error)?;
    value.dyn_into().map_err(|_| format!("there is no `{name}`").into())
}

async fn settle(promise: JsValue) -> Result<JsValue, BoxError> {
    JsFuture::from(Promise::resolve(&promise)).await.map_err(error)
}

fn error(value: JsValue) -> BoxError {
    let message = get::<JsValue>(&value, "message").ok().and_then(|text| text.as_string());
    message.unwrap_or_else(|| "JavaScript threw no error".to_owned()).into()
}

/// Where what JavaScript made of something is left for who waits for it.
struct Slot<T> {
    value: Option<T>,
    abandoned: bool,
    worker: Option<Waker>,
    waiter: Option<Waker>,
}

/// Values of JavaScript stay on their thread, and the futures of calls may leave it: the work is done by
/// a task of its own, until it is done or nobody waits for it.
fn run_locally<T: Send + 'static>(work: impl Future<Output = T> + 'static) -> Waiting<T> {
    let slot = Slot { value: None, abandoned: false, worker: None, waiter: None };
    let waiting = Waiting(Arc::new(Mutex::new(slot)));
    let slot = waiting.0.clone();
    spawn_local(async move {
        let mut work = pin!(work);
        let value = poll_fn(|cx| {
            let mut slot = lock(&slot);
            if slot.abandoned {
                return Poll::Ready(None);
            }
            slot.worker = Some(cx.waker().clone());
            drop(slot);
            work.as_mut().poll(cx).map(Some)
        });
        let value = value.await;
        let waiter = {
            let mut slot = lock(&slot);
            slot.value = value;
            slot.waiter.take()
        };
        waiter.into_iter().for_each(Waker::wake);
    });
    waiting
}

struct Waiting<T>(Arc<Mutex<Slot<T>>>);

impl<T> Future for Waiting<T> {
    type Output = T;

    fn poll(self: std::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let mut slot = lock(&self.0);
        match slot.value.take() {
            Some(value) => Poll::Ready(value),
            None => {
                slot.waiter = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl<T> Drop for Waiting<T> {
    fn drop(&mut self) {
        let mut slot = lock(&self.0);
        slot.abandoned = true;
        let worker = slot.worker.take();
        drop(slot);
        worker.into_iter().for_each(Waker::wake);
    }
}

fn lock<T>(slot: &Mutex<Slot<T>>) -> MutexGuard<'_, Slot<T>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}
