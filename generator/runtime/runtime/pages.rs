//! Lists that come in pages.

use std::collections::HashSet;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;
use http::Response;
use http::header::{HeaderMap, LINK};

use super::{BoxFuture, Call, Error, Failure, Sending, Style};

/// A stream of the items of a list, which requests a page when it needs one. It ends after the last
/// item or after an error, which is [`Error::Incomplete`] if there are items that it cannot reach,
/// or if 100 pages in a row are empty and each refers to another.
#[must_use = "a page is requested when an item is"]
pub struct Items<T, E> {
    ready: vec::IntoIter<T>,
    next: Option<Fetch<T, E>>,
}

/// A page, as the response describes it.
#[derive(Debug)]
pub struct Page<T> {
    /// What leads to the next page: a cursor or a URL.
    pub next: Option<String>,
    /// How many items there are on all pages.
    pub total: Option<i64>,
    /// Whether there is another page.
    pub more: Option<bool>,
    /// The items.
    pub items: Vec<T>,
}

/// How the next page is requested. Strings are the names of query parameters.
#[derive(Clone, Copy, Debug)]
pub enum Paging {
    /// By the number of items before it.
    Offset(&'static str),
    /// By its number, where the first page has this one.
    Page(&'static str, i64),
    /// By its number, if the service returns everything at once when there is none.
    PageFrom(&'static str, i64),
    /// By the cursor in the page before.
    Cursor {
        /// The parameter.
        name: &'static str,
        /// Must be `true` for the service to return cursors.
        switch: Option<&'static str>,
        /// The number of items before the page: for callers that set it, and for services that return no
        /// cursor although there are more items.
        offset: Option<&'static str>,
        /// For callers that set it: the parameter that leads to the page before the first item. The items
        /// are then returned in reverse.
        back: Option<&'static str>,
    },
    /// By the URL in the page before.
    Url,
    /// By the URL in the response's header `Link` with `rel="next"` (RFC 8288).
    Link,
}

type Fetch<T, E> = BoxFuture<'static, Result<Turn<T, E>, Error<E>>>;

struct Turn<T, E> {
    items: Vec<T>,
    next: Option<Fetch<T, E>>,
}

/// How many pages in a row may be empty where each leads to another.
const EMPTY_PAGES: u32 = 100;

impl<T: Clone + PartialEq + Send + 'static, E: Send + 'static> Items<T, E> {
    /// Begins with `call`. `send` sends it, and `read` takes its response apart; it is told whether
    /// the pages are walked back.
    pub fn new<P: Send + 'static>(
        call: Call,
        paging: Paging,
        send: fn(Call) -> Sending<Response<P>, E>,
        read: fn(P, bool) -> Page<T>,
    ) -> Self {
        Self {
            ready: Vec::new().into_iter(),
            next: Some(fetch(Walk::new(call, paging), Vec::new(), send, read)),
        }
    }
}

impl<T, E> Items<T, E> {
    /// The next item, for use without a stream library.
    pub async fn next(&mut self) -> Option<Result<T, Error<E>>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

fn fetch<P, T, E>(
    mut walk: Walk,
    last: Vec<T>,
    send: fn(Call) -> Sending<Response<P>, E>,
    read: fn(P, bool) -> Page<T>,
) -> Fetch<T, E>
where
    P: Send + 'static,
    T: Clone + PartialEq + Send + 'static,
    E: Send + 'static,
{
    Box::pin(async move {
        let (head, body) = send(walk.call.clone()).await?.into_parts();
        let mut page = read(body, walk.backwards);
        // A service that knows nothing of the parameter would give it for ever.
        if walk.counts() && !last.is_empty() && page.items == last {
            return Err(incomplete("the service returned the same page again").widen());
        }
        let backwards = walk.backwards;
        let next: Option<Fetch<T, E>> = match walk.advance(&page, &head.headers) {
            Ok(true) => {
                let last = if walk.counts() { page.items.clone() } else { Vec::new() };
                Some(fetch(walk, last, send, read))
            }
            Ok(false) => None,
            // The items of this page come first.
            Err(failure) => Some(Box::pin(std::future::ready(Err(failure.widen())))),
        };
        if backwards {
            page.items.reverse();
        }
        Ok(Turn { items: page.items, next })
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
            let turn = ready!(next.as_mut().poll(cx));
            self.next = None;
            match turn {
                Ok(turn) => (self.ready, self.next) = (turn.items.into_iter(), turn.next),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

/// The way from page to page.
struct Walk {
    call: Call,
    paging: Paging,
    /// The offset or the number of the page that comes next.
    position: i64,
    /// How many items come before the next page; none if that is not known, because the caller
    /// began in the middle.
    before: Option<i64>,
    /// The cursors and URLs so far: one that comes again would come for ever.
    seen: HashSet<String>,
    /// Whether the pages are walked back.
    backwards: bool,
    /// How many pages were empty since the last item.
    empty: u32,
}

impl Walk {
    fn new(mut call: Call, mut paging: Paging) -> Self {
        if !matches!(paging, Paging::Url | Paging::Link) {
            call.split_url();
        }
        let mut backwards = false;
        if let Paging::Cursor { name, back: Some(back), .. } = paging
            && call.has_query(back)
            && !call.has_query(name)
        {
            backwards = true;
            paging = Paging::Cursor { name: back, switch: None, offset: None, back: None };
        }
        if let Paging::PageFrom(name, first) = paging {
            paging = Paging::Page(name, first);
            if !call.has_query(name) {
                call = call.query(name, &first, Style::Form);
            }
        }
        if let Paging::Cursor { name, switch, offset, .. } = paging
            && !call.has_query(name)
        {
            let off = switch.is_some_and(|switch| call.query_text(switch) == Some("false"));
            match (offset, switch) {
                (Some(offset), _) if off || call.has_query(offset) => {
                    paging = Paging::Offset(offset);
                }
                (_, Some(switch)) => call = call.query(switch, "true", Style::Form),
                _ => {}
            }
        }
        let number = |name| call.query_number(name);
        let (position, before) = match paging {
            Paging::Offset(name) => (number(name).unwrap_or(0), number(name).or(Some(0))),
            Paging::Page(name, first) | Paging::PageFrom(name, first) => {
                let position = number(name).unwrap_or(first);
                (position, (position == first).then_some(0))
            }
            Paging::Cursor { name, .. } => (0, (!call.has_query(name)).then_some(0)),
            Paging::Url | Paging::Link => (0, None),
        };
        Self { call, paging, position, before, seen: HashSet::new(), backwards, empty: 0 }
    }

    /// Whether the next page is asked for by a number that is counted here.
    fn counts(&self) -> bool {
        matches!(self.paging, Paging::Offset(_) | Paging::Page(..) | Paging::PageFrom(..))
    }

    /// Turns the call into that for the next page; `false` if there is none.
    fn advance<T>(&mut self, page: &Page<T>, headers: &HeaderMap) -> Result<bool, Failure> {
        let received = i64::try_from(page.items.len()).unwrap_or(i64::MAX);
        self.before = self.before.map(|before| before.saturating_add(received));
        self.empty = if received == 0 { self.empty + 1 } else { 0 };
        let missing =
            page.total.zip(self.before).map(|(total, before)| total.saturating_sub(before));
        let has_more = page.more == Some(true) || missing.is_some_and(|missing| missing > 0);
        let next = page.next.clone().filter(|next| !next.is_empty());
        if page.more == Some(false) {
            return Ok(false);
        }
        if self.counts() {
            if received == 0 && has_more {
                return Err(incomplete("a page is empty, but the service reports more items"));
            }
            if received == 0 || missing == Some(0) && !has_more {
                return Ok(false);
            }
            if missing.is_some_and(|missing| missing < 0) {
                return Err(incomplete("the pages contain more items than the service reports"));
            }
        }
        match self.paging {
            Paging::Offset(name) => self.count(name, received),
            Paging::Page(name, _) | Paging::PageFrom(name, _) => self.count(name, 1),
            Paging::Cursor { name, offset, .. } => match (next, offset) {
                (Some(next), _) => {
                    self.note(&next)?;
                    self.ask(name, &next)
                }
                // Totals beside cursors may be those of a search: only the first page is believed.
                (None, _) if !has_more || !self.seen.is_empty() && page.more.is_none() => Ok(false),
                (None, Some(offset)) if received > 0 && self.seen.is_empty() => {
                    self.paging = Paging::Offset(offset);
                    self.count(offset, received)
                }
                (None, _) => {
                    Err(incomplete("the service reports more items, but not how to request them"))
                }
            },
            Paging::Url => self.follow(next),
            Paging::Link => self.follow(next_link(headers)),
        }
    }

    fn count(&mut self, name: &str, step: i64) -> Result<bool, Failure> {
        self.position = self.position.saturating_add(step);
        self.ask(name, &self.position.to_string())
    }

    fn ask(&mut self, name: &str, value: &str) -> Result<bool, Failure> {
        self.call = self.call.clone().query(name, value, Style::Form);
        Ok(true)
    }

    fn follow(&mut self, url: Option<String>) -> Result<bool, Failure> {
        let Some(url) = url else { return Ok(false) };
        self.note(&url)?;
        let url = self.call.resolve(&url)?;
        self.call = self.call.clone().at(url);
        Ok(true)
    }

    fn note(&mut self, next: &str) -> Result<(), Failure> {
        if self.empty >= EMPTY_PAGES {
            let what = format!("{EMPTY_PAGES} pages in a row are empty");
            return Err(incomplete(&what));
        }
        match self.seen.insert(next.to_owned()) {
            true => Ok(()),
            false => Err(incomplete("the service refers to the same page twice")),
        }
    }
}

fn incomplete(what: &str) -> Failure {
    Error::Incomplete(what.to_owned())
}

/// The target of `rel="next"` in `Link` headers (RFC 8288, section 3).
fn next_link(headers: &HeaderMap) -> Option<String> {
    let texts = headers.get_all(LINK).into_iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(split_links).find_map(|link| {
        let (url, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        split_unquoted(parameters, ';').any(is_next).then(|| url.trim().to_owned())
    })
}

/// The links of a header: a comma in a URL or in a quoted text does not end one.
fn split_links(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    let mut quoted = false;
    text.split(move |c| {
        match c {
            '"' if !inside => quoted = !quoted,
            '<' if !quoted => inside = true,
            '>' if !quoted => inside = false,
            _ => {}
        }
        c == ',' && !inside && !quoted
    })
}

/// The parts between separators that stand in no quoted text.
fn split_unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"';
        c == separator && !quoted
    })
}

/// Whether a parameter of a link says that it leads to the next page.
fn is_next(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return false };
    let mut relations = value.trim().trim_matches('"').split_ascii_whitespace();
    name.trim().eq_ignore_ascii_case("rel")
        && relations.any(|relation| relation.eq_ignore_ascii_case("next"))
}

impl Call {
    fn has_query(&self, name: &str) -> bool {
        self.query_text(name).is_some()
    }

    fn query_number(&self, name: &str) -> Option<i64> {
        self.query_text(name)?.parse().ok()
    }

    fn query_text(&self, name: &str) -> Option<&str> {
        let (_, text) = self.parts.query.iter().find(|(other, _)| other == name)?;
        text.rsplit('=').next()
    }

    /// Makes parameters of the query that the caller's URL has, and that would hide all others.
    fn split_url(&mut self) {
        let Some(url) = &mut self.parts.at else { return };
        let Some((start, query)) = url.split_once('?') else { return };
        let pairs = query.split('&').map(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            (name.to_owned(), pair.to_owned())
        });
        self.parts.query = pairs.collect();
        *url = start.to_owned();
    }

    /// The absolute URL of a reference to the next page (RFC 3986, section 5.2, but for dots).
    fn resolve(&self, reference: &str) -> Result<String, Failure> {
        if reference.split(['/', '?', '#']).next().is_some_and(|start| start.ends_with(':')) {
            return Ok(reference.to_owned());
        }
        let base = self.parts.url(Vec::new())?;
        let path = base.path();
        let path = match reference.chars().next() {
            Some('/') => "",
            Some('?') => path,
            _ => path.rsplit_once('/').map_or("", |(folder, _)| &path[..=folder.len()]),
        };
        let scheme = base.scheme_str().unwrap_or_default();
        let authority = base.authority().map_or("", |authority| authority.as_str());
        Ok(match reference.starts_with("//") {
            true => format!("{scheme}:{reference}"),
            false => format!("{scheme}://{authority}{path}{reference}"),
        })
    }
}
