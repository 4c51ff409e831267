//! Lists that come in pages.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;

use super::{Body, BoxFuture, Call, Error};

/// The items of a list, page after page: a stream that asks for a page when it needs it. It ends
/// after the last item, or after an error.
pub struct Items<T, E> {
    ready: vec::IntoIter<T>,
    next: Option<Fetch<T, E>>,
}

type Fetch<T, E> = BoxFuture<'static, Result<Page<T, E>, Error<E>>>;

/// From a request and its answer to the items and the request for the next page.
type Turn<R, P, T> = fn(&R, P) -> (Vec<T>, Option<R>);

struct Page<T, E> {
    items: Vec<T>,
    next: Option<Fetch<T, E>>,
}

impl<T: Send + 'static, E: Send + 'static> Items<T, E> {
    /// Begins with `request`. `turn` takes a request and its answer, and gives the items and
    /// the request for the next page, if there is one.
    pub fn new<R, P>(request: R, turn: Turn<R, P, T>) -> Self
    where
        R: IntoFuture<Output = Result<P, Error<E>>> + Clone + Send + 'static,
        R::IntoFuture: Send,
        P: Send + 'static,
    {
        Self { ready: Vec::new().into_iter(), next: Some(fetch(request, turn)) }
    }

    /// The next item, for those who use no stream library.
    pub async fn next(&mut self) -> Option<Result<T, Error<E>>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

fn fetch<R, P, T, E>(request: R, turn: Turn<R, P, T>) -> Fetch<T, E>
where
    R: IntoFuture<Output = Result<P, Error<E>>> + Clone + Send + 'static,
    R::IntoFuture: Send,
    P: Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    Box::pin(async move {
        let page = request.clone().await?;
        let (items, next) = turn(&request, page);
        Ok(Page { items, next: next.map(|request| fetch(request, turn)) })
    })
}

impl<T, E> Unpin for Items<T, E> {}

impl<T, E> Stream for Items<T, E> {
    type Item = Result<T, Error<E>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.ready.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            let Some(next) = &mut self.next else { return Poll::Ready(None) };
            let page = ready!(next.as_mut().poll(cx));
            self.next = None;
            match page {
                Ok(page) => (self.ready, self.next) = (page.items.into_iter(), page.next),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

impl Call {
    /// The offset behind a page of so many items; none behind the last page, which has no items or
    /// fewer than the query parameter `limit` asks for.
    pub fn next_offset(&self, offset: &str, limit: &str, items: usize) -> Option<i64> {
        let items = i64::try_from(items).ok()?;
        let last = items == 0 || self.query_number(limit).is_some_and(|limit| items < limit);
        (!last).then(|| self.query_number(offset).unwrap_or(0) + items)
    }

    /// The number behind that of a page of so many items; none behind one without items.
    pub fn next_page(&self, page: &str, items: usize) -> Option<i64> {
        (items > 0).then(|| self.query_number(page).unwrap_or(1) + 1)
    }

    fn query_number(&self, name: &str) -> Option<i64> {
        let (_, text) = self.parts.query.iter().find(|(other, _)| other == name)?;
        text.rsplit('=').next()?.parse().ok()
    }
}

/// A body that is a stream cannot be sent twice: sending the copy says so.
impl Clone for Call {
    fn clone(&self) -> Self {
        let mut parts = self.parts.clone();
        let body = self.body.try_clone().unwrap_or_else(|| {
            parts.mistake.get_or_insert("a stream cannot be sent twice".to_owned());
            Body::empty()
        });
        Self { parts, body }
    }
}
