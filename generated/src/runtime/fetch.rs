//! The transport of feature `fetch`: that of a browser, a worker, Node.js or Deno.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{Body, BoxError, BoxFuture, Error, Failure, Transport};

/// Sends requests with JavaScript's `fetch`, for programs in WebAssembly.
///
/// Request bodies are sent whole; responses are read as they arrive. The service's CORS headers determine
/// which requests may be sent, and which headers of responses can be read. In a browser, a redirect is
/// [`Error::Transport`], because `fetch` does not reveal its target. So is every other failure, because
/// JavaScript does not reveal whether a connection was made.
#[derive(Clone, Copy, Debug, Default)]
pub struct FetchTransport;

impl Transport for FetchTransport {
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, Failure>> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.bytes().await.map_err(|error| Error::Transport(error.into()))?;
            let mut pieces = run_locally(|pieces| async move {
                if let Err(error) = exchange(head, body, &pieces).await {
                    pieces.give(Err(error)).await;
                }
            });
            match poll_fn(|cx| pieces.poll(cx)).await {
                Some(Ok(Piece::Head(head))) => Ok(head.map(|()| read_chunks(pieces))),
                Some(Err(error)) => Err(Error::Transport(error)),
                _ => Err(Error::Transport("there is no response".into())),
            }
        })
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let mut waiting = run_locally(|done| async move {
            // Without a timer there are no time limits.
            if wait(duration).await.is_err() {
                std::future::pending().await
            }
            done.give(()).await;
        });
        Box::pin(async move {
            poll_fn(|cx| waiting.poll(cx)).await;
        })
    }
}

/// What comes of a request: first the head of its response, then the chunks of the body.
enum Piece {
    Head(Response<()>),
    Chunk(Bytes),
}

fn read_chunks(mut pieces: Taker<Result<Piece, BoxError>>) -> Body {
    let next = move |cx: &mut Context<'_>| loop {
        return Poll::Ready(match ready!(pieces.poll(cx)) {
            Some(Ok(Piece::Head(_))) => continue,
            Some(Ok(Piece::Chunk(chunk))) => Some(Ok(chunk)),
            Some(Err(error)) => Some(Err(io::Error::other(error))),
            None => None,
        });
    };
    // `Content-Length` may be that of a compressed body.
    Body::poll_with(None, Box::new(next))
}

async fn exchange(
    head: Parts,
    body: Bytes,
    pieces: &Giver<Result<Piece, BoxError>>,
) -> Result<(), BoxError> {
    let controller: Function = get(&js_sys::global(), "AbortController")?;
    let controller = Reflect::construct(&controller, &Array::new()).map_err(error)?;
    let options = describe(&head, &body).map_err(error)?;
    let signal = get::<JsValue>(&controller, "signal")?;
    Reflect::set(&options, &"signal".into(), &signal).map_err(error)?;
    let abort = Abort(controller);
    let fetch: Function = get(&js_sys::global(), "fetch")?;
    let url = head.uri.to_string();
    let sent = fetch.call2(&JsValue::UNDEFINED, &url.into(), &options).map_err(error)?;
    let response = settle(sent).await?;
    pieces.give(Ok(Piece::Head(read_head(&response)?))).await;
    let body: JsValue = get(&response, "body")?;
    if !body.is_falsy() {
        let get_reader: Function = get(&body, "getReader")?;
        let reader = get_reader.call0(&body).map_err(error)?;
        let read: Function = get(&reader, "read")?;
        loop {
            let chunk = settle(read.call0(&reader).map_err(error)?).await?;
            if get::<JsValue>(&chunk, "done")?.is_truthy() {
                break;
            }
            let chunk: Uint8Array = get(&chunk, "value")?;
            pieces.give(Ok(Piece::Chunk(chunk.to_vec().into()))).await;
        }
    }
    abort.disarm();
    Ok(())
}

/// The options of `fetch` for a request.
fn describe(head: &Parts, body: &Bytes) -> Result<Object, JsValue> {
    let options = Object::new();
    let headers = Array::new();
    for (name, value) in &head.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        headers.push(&Array::of2(&name.as_str().into(), &(&*value).into()));
    }
    Reflect::set(&options, &"method".into(), &head.method.as_str().into())?;
    Reflect::set(&options, &"headers".into(), &headers)?;
    Reflect::set(&options, &"redirect".into(), &"manual".into())?;
    if !body.is_empty() {
        Reflect::set(&options, &"body".into(), &Uint8Array::from(&**body))?;
    }
    Ok(options)
}

fn read_head(response: &JsValue) -> Result<Response<()>, BoxError> {
    let status = get::<JsValue>(response, "status")?.as_f64().unwrap_or_default();
    let mut head = Response::builder().status(status as u16);
    let headers: JsValue = get(response, "headers")?;
    for pair in js_sys::try_iter(&headers).map_err(error)?.into_iter().flatten() {
        let pair = Array::from(&pair.map_err(error)?);
        let name = pair.get(0).as_string();
        let value = pair.get(1).as_string();
        head = head.header(name.unwrap_or_default(), value.unwrap_or_default());
    }
    Ok(head.body(())?)
}

async fn wait(duration: Duration) -> Result<(), BoxError> {
    let start: Function = get(&js_sys::global(), "setTimeout")?;
    // What is longer, `setTimeout` takes for zero: some 24 days.
    let limit = i32::MAX.unsigned_abs().into();
    let millis = duration.as_millis().min(limit) as f64;
    let mut timer = Timer(JsValue::UNDEFINED);
    let promise = Promise::new(&mut |resolve, _| {
        // If it fails, the promise stays open, as if the time were long.
        timer.0 = start.call2(&JsValue::UNDEFINED, &resolve, &millis.into()).unwrap_or_default();
    });
    JsFuture::from(promise).await.map(drop).map_err(error)
}

/// Stops a timer that nobody waits for any more: until then, Node.js would not exit.
struct Timer(JsValue);

impl Drop for Timer {
    fn drop(&mut self) {
        if let Ok(stop) = get::<Function>(&js_sys::global(), "clearTimeout") {
            // For a timer that has fired it does nothing.
            let _ = stop.call1(&JsValue::UNDEFINED, &self.0);
        }
    }
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

/// Where the next of what JavaScript makes is left for who waits for it.
struct Slot<T> {
    value: Option<T>,
    /// Whether nothing more comes.
    ended: bool,
    /// Whether nobody waits any more.
    abandoned: bool,
    worker: Option<Waker>,
    waiter: Option<Waker>,
}

/// Values of JavaScript stay on their thread, and the futures of calls may leave it: the work is done by
/// a task of its own, until it is done or nobody waits for it.
fn run_locally<T: Send + 'static, F: Future<Output = ()> + 'static>(
    work: impl FnOnce(Giver<T>) -> F,
) -> Taker<T> {
    let slot = Arc::new(Mutex::new(Slot {
        value: None,
        ended: false,
        abandoned: false,
        worker: None,
        waiter: None,
    }));
    let work = work(Giver(slot.clone()));
    let taker = Taker(slot.clone());
    spawn_local(async move {
        let mut work = pin!(work);
        poll_fn(|cx| {
            let mut known = lock(&slot);
            if known.abandoned {
                return Poll::Ready(());
            }
            known.worker = Some(cx.waker().clone());
            drop(known);
            work.as_mut().poll(cx)
        })
        .await;
        let mut known = lock(&slot);
        known.ended = true;
        let waiter = known.waiter.take();
        drop(known);
        waiter.into_iter().for_each(Waker::wake);
    });
    taker
}

/// The side of the work.
struct Giver<T>(Arc<Mutex<Slot<T>>>);

impl<T> Giver<T> {
    /// Leaves a value, and waits until it is taken: memory holds one chunk, however fast they come.
    async fn give(&self, value: T) {
        let waiter = {
            let mut slot = lock(&self.0);
            slot.value = Some(value);
            slot.waiter.take()
        };
        waiter.into_iter().for_each(Waker::wake);
        // The task of the work is polled again, and has left its waker, when the value is taken.
        poll_fn(|_| match lock(&self.0).value {
            Some(_) => Poll::Pending,
            None => Poll::Ready(()),
        })
        .await;
    }
}

/// The side of who waits.
struct Taker<T>(Arc<Mutex<Slot<T>>>);

impl<T> Taker<T> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut slot = lock(&self.0);
        if let Some(value) = slot.value.take() {
            let worker = slot.worker.take();
            drop(slot);
            worker.into_iter().for_each(Waker::wake);
            return Poll::Ready(Some(value));
        }
        if slot.ended {
            return Poll::Ready(None);
        }
        slot.waiter = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl<T> Drop for Taker<T> {
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
