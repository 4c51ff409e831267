//! The items of a folder in Box, of which there may be many.

use crate::Sha1Hash;
use crate::name::fold_name;

/// Items of a folder other than folders, in about 100 bytes each.
#[derive(Debug)]
pub(super) struct Contents {
    /// By folded name.
    entries: Vec<Entry>,
    /// The texts of all entries.
    texts: String,
    /// Whether there are no others. Not if the user may not list the folder, or the list was cut.
    pub(super) is_whole: bool,
}

/// An item of a folder.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) id: Box<str>,
    pub(super) name: Box<str>,
    pub(super) kind: ItemKind,
    pub(super) etag: Option<Box<str>>,
    /// Size in bytes, if Box said it.
    pub(super) size: Option<u64>,
    pub(super) sha1: Option<Sha1Hash>,
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ItemKind {
    File,
    Folder,
    /// A bookmark, or what later versions of Box have.
    Other,
}

/// An item: where its texts begin, and how long they are, in this order.
#[derive(Debug)]
struct Entry {
    start: usize,
    id: u32,
    name: u32,
    /// The folded name; empty if it is the name.
    folded: u32,
    /// Empty if there is none.
    etag: u32,
    kind: ItemKind,
    sha1: Option<Sha1Hash>,
    size: Option<u64>,
}

/// The texts of an entry.
struct Texts<'a> {
    id: &'a str,
    name: &'a str,
    folded: &'a str,
    etag: &'a str,
}

impl Default for Contents {
    fn default() -> Self {
        Self { entries: Vec::new(), texts: String::new(), is_whole: true }
    }
}

impl Contents {
    /// Adds an item with its folded name. Afterwards, the items must be [sorted](Self::sort).
    pub(super) fn add_item(&mut self, item: &Item, folded: &str) {
        let folded = if folded == &*item.name { "" } else { folded };
        let etag = item.etag.as_deref().unwrap_or_default();
        let start = self.texts.len();
        let mut add = |text: &str| {
            let length = u32::try_from(text.len()).unwrap_or_default();
            self.texts.push_str(if length == 0 { "" } else { text });
            length
        };
        self.entries.push(Entry {
            start,
            id: add(&item.id),
            name: add(&item.name),
            folded: add(folded),
            etag: add(etag),
            kind: item.kind,
            sha1: item.sha1,
            size: item.size,
        });
    }

    /// Sorts the items, and removes those that came twice: they may, if they move while they are listed.
    pub(super) fn sort(&mut self) {
        let texts = &self.texts;
        let place = |entry: &Entry| {
            let Texts { id, folded, .. } = entry.texts(texts);
            (folded, id)
        };
        self.entries.sort_unstable_by(|one, other| place(one).cmp(&place(other)));
        self.entries.dedup_by(|one, other| place(one) == place(other));
        self.entries.shrink_to_fit();
        self.texts.shrink_to_fit();
    }

    /// The item that has this name in Box.
    pub(super) fn find_item(&self, name: &str) -> Option<Item> {
        let folded = fold_name(name);
        let first = self.entries.partition_point(|entry| self.texts(entry).folded < &*folded);
        let same = self.entries.iter().skip(first);
        let mut same = same.take_while(|entry| self.texts(entry).folded == folded);
        let exact = same.clone().find(|entry| self.texts(entry).name == name);
        exact.or_else(|| same.next()).map(|entry| self.read_item(entry))
    }

    /// The items whose folded names `is_wanted` accepts.
    pub(super) fn find_items(
        &self,
        is_wanted: impl Fn(&str) -> bool,
    ) -> impl Iterator<Item = Item> {
        let wanted = self.entries.iter().filter(move |entry| is_wanted(self.texts(entry).folded));
        wanted.map(|entry| self.read_item(entry))
    }

    fn read_item(&self, entry: &Entry) -> Item {
        let Texts { id, name, etag, .. } = self.texts(entry);
        Item {
            id: id.into(),
            name: name.into(),
            kind: entry.kind,
            etag: (!etag.is_empty()).then(|| etag.into()),
            size: entry.size,
            sha1: entry.sha1,
        }
    }

    fn texts(&self, entry: &Entry) -> Texts<'_> {
        entry.texts(&self.texts)
    }
}

impl Entry {
    fn texts<'a>(&self, texts: &'a str) -> Texts<'a> {
        let mut rest = texts.get(self.start..).unwrap_or_default();
        let mut take = |length: u32| {
            let (text, after) = rest.split_at_checked(length as usize).unwrap_or_default();
            rest = after;
            text
        };
        let id = take(self.id);
        let name = take(self.name);
        let folded = take(self.folded);
        let folded = if folded.is_empty() { name } else { folded };
        Texts { id, name, folded, etag: take(self.etag) }
    }
}

impl Item {
    /// Whether it is a file with this content.
    pub(super) fn has_content(&self, size: u64, sha1: Sha1Hash) -> bool {
        self.may_have_size(size) && self.sha1 == Some(sha1)
    }

    pub(super) fn is_file(&self) -> bool {
        self.kind == ItemKind::File
    }

    /// Whether it is a file that may have this size.
    pub(super) fn may_have_size(&self, size: u64) -> bool {
        self.is_file() && self.size.is_none_or(|own| own == size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_found_by_their_names_in_box() {
        let mut contents = Contents::default();
        for (id, name, etag) in [
            ("1", "b", Some("7")),
            ("22", "A", None),
            ("333", "a", Some("8")),
            ("1", "b", Some("7")),
            ("4", "Ä", Some("")),
        ] {
            let item = Item {
                id: id.into(),
                name: name.into(),
                kind: ItemKind::File,
                etag: etag.map(Into::into),
                size: Some(id.len() as u64),
                sha1: None,
            };
            contents.add_item(&item, &fold_name(name));
        }
        contents.sort();
        assert_eq!(contents.entries.len(), 4);
        let found = |name| contents.find_item(name).map(|item| (item.id, item.name, item.etag));
        let item = |id: &str, name: &str, etag: Option<&str>| {
            Some((id.into(), name.into(), etag.map(Into::into)))
        };
        assert_eq!(found("b"), item("1", "b", Some("7")));
        assert_eq!(found("B"), item("1", "b", Some("7")));
        assert_eq!(found("a"), item("333", "a", Some("8")));
        assert_eq!(found("A"), item("22", "A", None));
        assert_eq!(found("a\u{308}"), item("4", "Ä", None));
        assert_eq!(found("c"), None);
        let others: Vec<_> = contents.find_items(|name| name != "a").map(|item| item.id).collect();
        assert_eq!(others, ["1".into(), "4".into()]);
        assert_eq!(contents.find_item("a").unwrap().size, Some(3));
    }
}
