//! Pagination: how the pages of a list follow each other.

use super::{Presence, Type, ValueName};

/// How the pages of a list follow each other.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pagination {
    /// What leads to the next page.
    pub(crate) style: PagingStyle,
    /// The type of a page.
    pub(crate) page: Type,
    /// The page's field that holds the items, and whether it may be missing; none where the page
    /// is the list itself.
    pub(crate) items: Option<(ValueName, Presence)>,
    /// The items' type.
    pub(crate) item: Type,
    /// What of a page leads to the next one.
    pub(crate) next: Option<Next>,
    /// The number of items on all pages.
    pub(crate) total: Option<Member>,
    /// Whether there is another page.
    pub(crate) more: Option<Member>,
}

/// What leads to the next page. Names are those of query parameters, on the wire.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PagingStyle {
    /// The number of items so far.
    Offset {
        /// Its parameter.
        name: String,
    },
    /// The page's number.
    Page {
        /// Its parameter.
        name: String,
        /// That of the first page.
        first: i64,
        /// Whether the first page must be asked for by it too.
        explicit: bool,
    },
    /// A value of the page before.
    Cursor {
        /// Its parameter.
        name: String,
        /// What must be `true`, or there are no cursors.
        switch: Option<String>,
        /// What counts items, where there is no cursor.
        offset: Option<String>,
        /// The parameter that leads back, to the page before an item.
        back: Option<String>,
    },
    /// A URL in the page before.
    Url,
    /// A URL in the header `Link` of the page before.
    Link,
}

/// What of a page leads to the next one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Next {
    /// A member of the page.
    Member(Member),
    /// A member of its last item.
    LastItem(Member),
}

/// A member of a struct, however deep.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    /// The fields that lead to it, and whether each may be missing.
    pub(crate) path: Vec<(ValueName, Presence)>,
    /// Its type.
    pub(crate) ty: Type,
}

impl Member {
    /// Whether it counts something.
    #[must_use]
    pub(crate) fn is_integer(&self) -> bool {
        matches!(self.ty, Type::I32 | Type::I64 | Type::U32 | Type::U64)
    }

    /// Whether it can be the value of a query parameter.
    #[must_use]
    pub(crate) fn is_cursor(&self) -> bool {
        self.ty == Type::String || self.is_integer()
    }
}
