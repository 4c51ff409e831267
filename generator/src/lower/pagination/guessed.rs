//! Pages that the names of parameters and members tell of.

use super::members::{PageResponse, is_usable};
use super::{backward_parameter, has_query, query_parameter};
use crate::model::{Field, Member, Next, Pagination, PagingStyle, Record, Type};

/// Names of the parameter and of the page's member that carry a cursor, in pairs that services use.
const CURSORS: &[(&str, &[&str])] = &[
    ("marker", &["next_marker"]),
    ("cursor", &["next_cursor", "nextCursor"]),
    ("page_token", &["next_page_token", "nextPageToken"]),
    ("pageToken", &["nextPageToken", "next-page-token", "next_page_token"]),
    ("next_token", &["next_token", "nextToken"]),
    ("nextToken", &["nextToken"]),
    ("after", &["next_cursor", "end_cursor", "endCursor", "after"]),
];

/// The objects of a page that its cursor, total and so on stand in; the page itself is the first.
const PLACES: &[&str] = &[
    "",
    "pagination.",
    "meta.",
    "metadata.",
    "meta.pagination.",
    "response_metadata.",
    "paging.",
    "page_info.",
    "pageInfo.",
    "cursors.",
];

/// Cursors that only their whole path makes plain.
const PLACED_CURSORS: &[(&str, &str)] = &[
    ("continue", "metadata.continue"),
    ("starting_after", "pages.next.starting_after"),
    ("after", "pagination.next_offset"),
];

/// Where the number of the next page stands.
const NEXT_PAGES: &[&str] = &[
    "meta.pagination.next_page",
    "pagination.next_page",
    "pagination.next",
    "meta.next_page",
    "next_page",
];

/// Where the URL of the next page stands.
const NEXT_URLS: &[&str] = &[
    "next_page_uri",
    "next_page_url",
    "meta.next_page_url",
    "pagination.next_page_url",
    "links.next",
    "links.next.href",
    "_links.next.href",
];

/// Names of the member that holds a page's items, where a page has several lists.
const ITEMS: &[&str] = &["entries", "items", "data", "results", "records"];

/// Members that say that a page is one of several.
const PARTIAL: &[&str] = &[
    "total_count",
    "totalCount",
    "total",
    "totalElements",
    "total_elements",
    "offset",
    "count",
    "total_pages",
    "totalPages",
    "page",
    "has_more",
    "hasMore",
];

/// Names of the number of items on all pages. `count` is as often that of one page.
const TOTALS: &[&str] = &[
    "total_count",
    "totalCount",
    "total",
    "total_entries",
    "total_items",
    "totalItems",
    "totalElements",
    "total_elements",
];

/// Names of the member that says whether there is another page.
const MORE: &[&str] = &["has_more", "hasMore", "more", "has_next_page", "hasNextPage"];

/// Parameters that make a `Link` header one between pages.
const LINKED: &[&str] = &["page", "per_page", "page_size", "cursor", "after", "limit", "offset"];

/// How the response is paged, if its names are unmistakable; `has_links` says that it has a `Link`
/// header.
pub(super) fn guess_pagination(response: &PageResponse<'_>, has_links: bool) -> Option<Pagination> {
    let links = has_links && LINKED.iter().any(|key| has_query(response.operation, key));
    let link = || links.then_some((PagingStyle::Link, None));
    if let Some(item) = response.item(response.page) {
        let (style, next) = link()?;
        return Some(Pagination {
            style,
            page: response.page.clone(),
            items: None,
            item: item.clone(),
            next,
            total: None,
            more: None,
        });
    }
    let record = response.record?;
    let items = find_items(response, record)?;
    let item = response.item(&items.ty)?;
    let (style, next) = find_cursor(response)
        .or_else(|| last_item(response, item))
        .or_else(|| next_page(response))
        .or_else(|| next_url(response))
        .or_else(link)
        .or_else(|| find_counted(response, record))?;
    Some(Pagination {
        style,
        page: response.page.clone(),
        items: Some((items.name.clone(), items.presence)),
        item: item.clone(),
        next,
        total: find_total(response),
        more: first_member(response, MORE, |member| member.ty == Type::Bool),
    })
}

fn find_items<'a>(response: &PageResponse<'_>, record: &'a Record) -> Option<&'a Field> {
    let lists: Vec<&Field> = record
        .fields
        .iter()
        .filter(|field| response.item(&field.ty).is_some() && !field.deprecated)
        .collect();
    match &lists[..] {
        [only] => Some(only),
        several => several.iter().find(|field| ITEMS.contains(&field.key.as_str())).copied(),
    }
}

/// The first of the members with one of these names, in one of the places, that `fits`.
fn first_member(
    response: &PageResponse<'_>,
    names: &[&str],
    fits: fn(&Member) -> bool,
) -> Option<Member> {
    let paths =
        PLACES.iter().flat_map(|place| names.iter().map(move |name| format!("{place}{name}")));
    paths.filter_map(|path| response.member(&path)).find(fits)
}

/// The number of items on all pages.
fn find_total(response: &PageResponse<'_>) -> Option<Member> {
    first_member(response, TOTALS, Member::is_integer)
}

type Way = (PagingStyle, Option<Next>);

/// A cursor by the name of its parameter, and the member with the next one by its own.
fn find_named_cursor(response: &PageResponse<'_>) -> Option<(&'static str, Member)> {
    let mut known = CURSORS.iter().filter(|(name, _)| has_query(response.operation, name));
    known.find_map(|(name, nexts)| Some((*name, first_member(response, nexts, is_text)?)))
}

/// A cursor by the name of its parameter, and the member with the next one by its path.
fn find_placed_cursor(response: &PageResponse<'_>) -> Option<(&'static str, Member)> {
    let mut known = PLACED_CURSORS.iter().filter(|(name, _)| has_query(response.operation, name));
    known.find_map(|(name, path)| Some((*name, response.member(path).filter(is_text)?)))
}

/// An `offset` that is a text, beside a `next`, is a cursor.
fn find_text_offset(response: &PageResponse<'_>) -> Option<(&'static str, Member)> {
    let parameter = query_parameter(response.operation, "offset")?;
    response.member("next").filter(|_| parameter.ty == Type::String)?;
    Some(("offset", response.member("offset").filter(is_text)?))
}

fn is_text(member: &Member) -> bool {
    member.ty == Type::String
}

fn find_cursor(response: &PageResponse<'_>) -> Option<Way> {
    let operation = response.operation;
    let (name, next) = find_named_cursor(response)
        .or_else(|| find_placed_cursor(response))
        .or_else(|| find_text_offset(response))?;
    let switches = ["usemarker", "use_marker", "useMarker"];
    let switch = switches.into_iter().filter(|_| name == "marker").find(|switch| {
        query_parameter(operation, switch).is_some_and(|parameter| parameter.ty == Type::Bool)
    });
    let offset = has_number(response, "offset").then(|| "offset".to_owned());
    let style = PagingStyle::Cursor {
        name: name.to_owned(),
        switch: switch.map(str::to_owned),
        offset,
        back: None,
    };
    Some((style, Some(Next::Member(next))))
}

/// The last item's id is the cursor.
fn last_item(response: &PageResponse<'_>, item: &Type) -> Option<Way> {
    let name = "starting_after";
    has_query(response.operation, name).then_some(())?;
    response.member("has_more").filter(|more| more.ty == Type::Bool)?;
    let id = response.member_of_item(item, "id").filter(|id| id.ty == Type::String)?;
    let back = backward_parameter(response.operation, name);
    let style = PagingStyle::Cursor { name: name.to_owned(), switch: None, offset: None, back };
    Some((style, Some(Next::LastItem(id))))
}

fn next_page(response: &PageResponse<'_>) -> Option<Way> {
    has_number(response, "page").then_some(())?;
    let is_number = |member: &Member| member.is_integer() || member.ty == Type::F64;
    let next = NEXT_PAGES.iter().find_map(|path| response.member(path).filter(is_number))?;
    let style =
        PagingStyle::Cursor { name: "page".to_owned(), switch: None, offset: None, back: None };
    Some((style, Some(Next::Member(next))))
}

fn next_url(response: &PageResponse<'_>) -> Option<Way> {
    let is_text = |member: &Member| member.ty == Type::String;
    let next = NEXT_URLS.iter().find_map(|path| response.member(path).filter(is_text))?;
    Some((PagingStyle::Url, Some(Next::Member(next))))
}

fn find_counted(response: &PageResponse<'_>, record: &Record) -> Option<Way> {
    let mut fields = record.fields.iter().filter(|field| is_usable(field));
    fields.find(|field| PARTIAL.contains(&field.key.as_str()))?;
    if has_number(response, "offset") {
        return Some((PagingStyle::Offset { name: "offset".to_owned() }, None));
    }
    has_number(response, "page").then_some(())?;
    let first = query_parameter(response.operation, "page").and_then(|page| page.first);
    // Without a total nobody would notice that pages are numbered from 0 after all.
    let first = match find_total(response) {
        Some(_) => first.unwrap_or(1),
        None => first?,
    };
    Some((PagingStyle::Page { name: "page".to_owned(), first, explicit: false }, None))
}

fn has_number(response: &PageResponse<'_>, key: &str) -> bool {
    let number =
        |ty: &Type| matches!(ty, Type::I32 | Type::I64 | Type::U32 | Type::U64 | Type::F64);
    query_parameter(response.operation, key).is_some_and(|parameter| number(&parameter.ty))
}
