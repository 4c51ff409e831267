//! From JSON pointers to places in the text: one pass over the text for all pointers together.

mod json;

use std::{collections::HashMap, ops::Range};

use granit_parser::{Event, Span};

use super::Pointer;
use crate::source::yaml;

/// Where something stands in a text, in bytes.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Spot {
    /// Its key, if it is the member of a mapping.
    pub(super) key: Option<Range<usize>>,
    /// Its value.
    pub(super) value: Range<usize>,
    /// Whether this is the thing itself, not the nearest thing around it that exists.
    pub(super) exact: bool,
}

/// Finds where each of `pointers` stands in `text`, which may be JSON or YAML; what does not exist
/// gets the place of its nearest existing ancestor.
pub(super) fn locate_pointers(text: &str, pointers: &[Pointer]) -> Vec<Spot> {
    let mut wanted = Wanted::default();
    let leaves: Vec<usize> = pointers.iter().map(|pointer| wanted.insert(pointer)).collect();
    let mut walk = Walk { wanted, stack: Vec::new() };
    // The events of YAML take ten times as long.
    if json::is_json(text) {
        json::walk(text, &mut walk);
    } else {
        walk_yaml(text, &mut walk);
    }
    leaves.into_iter().map(|leaf| walk.wanted.nearest(leaf)).collect()
}

fn walk_yaml(text: &str, walk: &mut Walk) {
    for event in yaml::yaml_events(text) {
        // Text that cannot be read to its end is placed as far as it can be.
        let Ok((event, span)) = event else { break };
        walk.event(&event, &span);
    }
}

/// The pointers to look for, as a tree.
#[derive(Debug)]
struct Wanted(Vec<Node>);

#[derive(Debug, Default)]
struct Node {
    parent: Option<usize>,
    children: HashMap<String, usize>,
    spot: Option<Spot>,
}

impl Default for Wanted {
    fn default() -> Self {
        Self(vec![Node::default()])
    }
}

impl Wanted {
    fn insert(&mut self, pointer: &Pointer) -> usize {
        let mut node = 0;
        for segment in pointer.segments() {
            let next = self.0.len();
            let child = *self.0[node].children.entry(segment).or_insert(next);
            if child == next {
                self.0.push(Node { parent: Some(node), ..Node::default() });
            }
            node = child;
        }
        node
    }

    fn nearest(&self, leaf: usize) -> Spot {
        let mut node = Some(leaf);
        while let Some(place) = node {
            if let Some(spot) = &self.0[place].spot {
                return Spot { exact: place == leaf, ..spot.clone() };
            }
            node = self.0[place].parent;
        }
        Spot::default()
    }
}

/// The way down to the event that is being looked at.
struct Walk {
    wanted: Wanted,
    stack: Vec<Frame>,
}

/// A mapping or a list that is open. `None` as a node: nothing below it is wanted.
enum Frame {
    Mapping {
        node: Option<usize>,
        at: Slot,
    },
    List {
        node: Option<usize>,
        next: usize,
    },
    /// A list or mapping that is a key itself.
    Key,
}

/// What is expected next in a mapping.
enum Slot {
    Key,
    Value { node: Option<usize>, key: Range<usize> },
}

impl Walk {
    fn event(&mut self, event: &Event<'_>, span: &Span) {
        let range = span.byte_range().unwrap_or_default();
        match event {
            Event::Scalar(text, ..) => self.leaf(Some(text), range),
            Event::Alias(_) => self.leaf(None, range),
            Event::MappingStart(..) => self.open_mapping(range),
            Event::SequenceStart(..) => self.open_list(range),
            Event::MappingEnd | Event::SequenceEnd => self.close(range.end),
            _ => {}
        }
    }

    fn leaf(&mut self, text: Option<&str>, range: Range<usize>) {
        if !self.take_key(text, &range) {
            let (node, key) = self.next_place();
            self.found(node, key, range);
        }
    }

    fn open_mapping(&mut self, range: Range<usize>) {
        self.open(range, |node| Frame::Mapping { node, at: Slot::Key });
    }

    fn open_list(&mut self, range: Range<usize>) {
        self.open(range, |node| Frame::List { node, next: 0 });
    }

    fn open(&mut self, range: Range<usize>, frame: impl Fn(Option<usize>) -> Frame) {
        if self.take_key(None, &range) {
            self.stack.push(Frame::Key);
            return;
        }
        let (node, key) = self.next_place();
        self.found(node, key, range);
        self.stack.push(frame(node));
    }

    fn close(&mut self, end: usize) {
        let node = match self.stack.pop() {
            Some(Frame::Mapping { node, .. } | Frame::List { node, .. }) => node,
            Some(Frame::Key) | None => None,
        };
        if let Some(spot) = node.and_then(|node| self.wanted.0[node].spot.as_mut()) {
            spot.value.end = end;
        }
    }

    /// Takes the event as a key, if a key is due.
    fn take_key(&mut self, text: Option<&str>, range: &Range<usize>) -> bool {
        match self.stack.last_mut() {
            Some(Frame::Mapping { node, at: at @ Slot::Key }) => {
                let child =
                    node.zip(text).and_then(|(node, text)| self.wanted.0[node].children.get(text));
                *at = Slot::Value { node: child.copied(), key: range.clone() };
                true
            }
            Some(Frame::Key) => true,
            _ => false,
        }
    }

    /// What the next value is to the mapping or list it stands in.
    fn next_place(&mut self) -> (Option<usize>, Option<Range<usize>>) {
        match self.stack.last_mut() {
            Some(Frame::Mapping { at, .. }) => match std::mem::replace(at, Slot::Key) {
                Slot::Value { node, key } => (node, Some(key)),
                Slot::Key => (None, None),
            },
            Some(Frame::List { node, next }) => {
                let index = next.to_string();
                *next += 1;
                (node.and_then(|node| self.wanted.0[node].children.get(&index)).copied(), None)
            }
            Some(Frame::Key) => (None, None),
            None => (Some(0), None),
        }
    }

    fn found(&mut self, node: Option<usize>, key: Option<Range<usize>>, value: Range<usize>) {
        if let Some(node) = node {
            self.wanted.0[node].spot = Some(Spot { key, value, exact: true });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slices<'t>(text: &'t str, pointer: &str) -> (Option<&'t str>, &'t str, bool) {
        let spot = locate_pointers(text, &[Pointer::from_text(pointer)]).remove(0);
        (spot.key.map(|key| &text[key]), &text[spot.value], spot.exact)
    }

    const YAML: &str =
        "a:\n  b: &x 'q' # c\n  /p~: [1, {k: v}]\n? [k, {l: m}]\n: 1\nlist:\n- *x\n- z: |\n    t\n";

    #[test]
    fn places_keys_and_values_of_yaml() {
        assert_eq!(slices(YAML, "/a/b"), (Some("b"), "'q'", true));
        assert_eq!(slices(YAML, "/a/~1p~0"), (Some("/p~"), "[1, {k: v}]", true));
        assert_eq!(slices(YAML, "/a/~1p~0/1/k"), (Some("k"), "v", true));
        assert_eq!(slices(YAML, "/list/0"), (None, "*x", true));
        assert_eq!(slices(YAML, "/list/1/z"), (Some("z"), "t\n", true));
    }

    #[test]
    fn gives_the_nearest_ancestor_of_what_is_missing() {
        assert_eq!(slices(YAML, "/a/b/c/d"), (Some("b"), "'q'", false));
        assert_eq!(slices(YAML, "/a/~1p~0/7"), (Some("/p~"), "[1, {k: v}]", false));
        assert_eq!(slices(YAML, ""), (None, YAML, true));
        assert_eq!(slices("", "/a"), (None, "", false));
    }

    #[test]
    fn reads_json_with_tabs_and_escapes() {
        let json = "{\n\t\"\\u0061\\/\":\t[\"\\ud83d\\ude00\",\t1e400 ,{\"n\"\n:\nnull}]\n}";
        assert_eq!(slices(json, "/a~1/1"), (None, "1e400", true));
        assert_eq!(slices(json, "/a~1/2/n"), (Some("\"n\""), "null", true));
    }

    #[test]
    fn both_readers_place_json_alike() {
        let json = "\u{feff} {\"a\": [1, -2.5e+3, {\"b\\\"\": \"]}\\\\\"}, [], {}],\n \"c\" : null,\"d\":true,\"\\u00fc\":\"\"}";
        for pointer in
            ["", "/a", "/a/0", "/a/1", "/a/2", "/a/2/b\"", "/a/3", "/a/4", "/c", "/d", "/ü", "/x"]
        {
            let spot = |read: fn(&str, &mut Walk)| {
                let mut wanted = Wanted::default();
                let leaf = wanted.insert(&Pointer::from_text(pointer));
                let mut walk = Walk { wanted, stack: Vec::new() };
                read(json, &mut walk);
                walk.wanted.nearest(leaf)
            };
            assert_eq!(spot(json::walk), spot(walk_yaml), "{pointer}");
        }
    }

    #[test]
    fn places_what_stands_before_a_mistake() {
        assert_eq!(slices("a: 1\nb: [", "/a"), (Some("a"), "1", true));
    }
}
