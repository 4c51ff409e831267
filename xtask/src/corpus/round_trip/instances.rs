//! Values made from a schema.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::document::{Direction, Document, Site};
use super::flat::Flat;
use super::scalars::{allowed_integers, allowed_numbers, allowed_strings};

/// A member that no schema mentions.
pub(super) const UNKNOWN: &str = "a member that the document does not know";

/// The most values of a schema.
const MOST: usize = 40;
/// The most values of a member.
const MOST_INNER: usize = 12;
/// Where there is but one value of each schema: a reference counts two, other nesting one.
const SHALLOW: usize = 4;
/// Where a value is given up: it contains itself.
const DEEPEST: usize = 40;

/// Makes values as one side sends them.
pub(super) struct Maker<'d> {
    document: &'d Document,
    direction: Direction,
    /// The least value of what is referred to.
    known: RefCell<BTreeMap<String, Value>>,
}

/// A member of an object, with the values that it is tried with.
struct Member<'d> {
    name: &'d str,
    required: bool,
    values: Vec<Value>,
}

impl<'d> Maker<'d> {
    pub(super) fn new(document: &'d Document, direction: Direction) -> Self {
        Self { document, direction, known: RefCell::default() }
    }

    /// Values of the schema at `pointer`: a minimal one, one with everything, then those that differ in something.
    pub(super) fn make_values(&self, pointer: &str) -> Vec<Value> {
        let Some(schema) = self.document.value_at(pointer) else { return Vec::new() };
        let mut kept: Vec<Value> = Vec::new();
        for value in self.make_variants(&[Site { pointer: pointer.to_owned(), schema }], 0, MOST) {
            if !kept.contains(&value) {
                kept.push(value);
            }
        }
        kept
    }

    /// Values that all of `sites` allow, the least first, then the fullest.
    fn make_variants(&self, sites: &[Site<'d>], depth: usize, most: usize) -> Vec<Value> {
        if depth >= SHALLOW {
            return self.make_smallest(sites, depth).into_iter().collect();
        }
        let branches = Flat::of(self.document, self.direction, sites);
        let each = (most / branches.len().max(1)).max(2);
        let mut lists: Vec<std::vec::IntoIter<Value>> = branches
            .iter()
            .map(|branch| self.variants_of(branch, depth, each).into_iter())
            .collect();
        let mut values = Vec::new();
        if self.is_nullable(sites) {
            values.push(Value::Null);
        }
        // One of each alternative, then the next of each.
        while values.len() < most.max(2 * branches.len()) {
            let before = values.len();
            values.extend(lists.iter_mut().filter_map(Iterator::next));
            if values.len() == before {
                break;
            }
        }
        // The least and the fullest come first.
        if values.first() == Some(&Value::Null) {
            let second = values.len().min(3);
            values[..second].rotate_left(1);
        }
        values
    }

    fn is_nullable(&self, sites: &[Site<'d>]) -> bool {
        sites.iter().all(|site| {
            let resolved = self.document.resolve_site(&site.pointer, site.schema);
            resolved.is_some_and(|site| site.schema["nullable"] == true)
        })
    }

    /// The least value that all of `sites` allow.
    fn make_smallest(&self, sites: &[Site<'d>], depth: usize) -> Option<Value> {
        let name = match sites {
            [site] => site.schema["$ref"].as_str(),
            _ => None,
        };
        if let Some(known) = name.and_then(|name| self.known.borrow().get(name).cloned()) {
            return Some(known);
        }
        if depth > DEEPEST {
            return self.is_nullable(sites).then_some(Value::Null);
        }
        let mut branches = Flat::of(self.document, self.direction, sites).into_iter();
        let value = branches.find_map(|branch| self.least_of(&branch, depth));
        let value = value.or_else(|| self.is_nullable(sites).then_some(Value::Null));
        if let (Some(name), Some(value)) = (name, &value) {
            self.known.borrow_mut().insert(name.to_owned(), value.clone());
        }
        value
    }

    fn least_of(&self, flat: &Flat<'d>, depth: usize) -> Option<Value> {
        if flat.values.is_none() && flat.kind() == Some("object") {
            let mut members = Map::new();
            for name in &flat.required {
                let sites = flat.properties.iter().find(|(known, _)| known == name);
                let value = match (discriminator_value(self.document, flat, name), sites) {
                    (Some(tag), _) => tag,
                    (None, Some((_, sites))) => {
                        self.make_smallest(sites, depth_of(sites, depth))?
                    }
                    (None, None) => json!("text"),
                };
                members.insert((*name).to_owned(), value);
            }
            return Some(members.into());
        }
        if flat.values.is_none() && flat.kind() == Some("array") {
            let count = flat.count_limit("minItems").unwrap_or(0).min(50);
            if !flat.first_items.is_empty() {
                return self.make_tuples(flat, depth).into_iter().next();
            }
            let item = match count {
                0 => Value::Null,
                _ => self.make_smallest(&flat.items, depth_of(&flat.items, depth))?,
            };
            return Some(vec![item; count].into());
        }
        self.variants_of(flat, depth, 1).into_iter().next()
    }

    fn variants_of(&self, flat: &Flat<'d>, depth: usize, most: usize) -> Vec<Value> {
        if let Some(values) = &flat.values {
            let most = if depth == 0 { usize::MAX } else { most };
            return values.iter().map(|&value| value.clone()).take(most).collect();
        }
        match flat.kind() {
            Some("string") => allowed_strings(flat),
            Some("integer") => allowed_integers(flat),
            Some("number") => allowed_numbers(flat),
            Some("boolean") => vec![json!(true), json!(false)],
            Some("array") => self.make_arrays(flat, depth),
            Some("object") => self.make_objects(flat, depth, most),
            Some("null") => vec![Value::Null],
            _ => vec![json!("text"), json!({"a": [1, null, {"b": 2.5}]}), json!([true])],
        }
    }

    /// Arrays whose first elements have schemas of their own. Authors mean all of these to be there unless they say
    /// how many must be, though JSON Schema would allow fewer.
    fn make_tuples(&self, flat: &Flat<'d>, depth: usize) -> Vec<Value> {
        let each: Vec<Vec<Value>> = flat
            .first_items
            .iter()
            .map(|site| {
                let site = std::slice::from_ref(site);
                self.make_variants(site, depth_of(site, depth), MOST_INNER)
            })
            .collect();
        let most = flat.count_limit("maxItems").unwrap_or(usize::MAX).min(each.len());
        let least = flat.count_limit("minItems").unwrap_or(most).min(most);
        let made = each.iter().take_while(|values| !values.is_empty()).count();
        let widest = each.iter().map(Vec::len).max().unwrap_or(0);
        let mut tuples: Vec<Value> =
            (least..=most.min(made)).map(|length| make_tuple(&each, length, 0)).collect();
        if made >= most {
            tuples.extend((1..widest).map(|column| make_tuple(&each, most, column)));
        }
        tuples
    }

    fn make_arrays(&self, flat: &Flat<'d>, depth: usize) -> Vec<Value> {
        if !flat.first_items.is_empty() {
            return self.make_tuples(flat, depth);
        }
        let items = if flat.items.is_empty() {
            vec![json!("text"), json!({"a": 1})]
        } else {
            self.make_variants(&flat.items, depth_of(&flat.items, depth), MOST_INNER)
        };
        let least = flat.count_limit("minItems").unwrap_or(0);
        let most = flat.count_limit("maxItems").unwrap_or(usize::MAX);
        let mut arrays: Vec<Vec<Value>> = Vec::new();
        if least == 0 {
            arrays.push(Vec::new());
        }
        let unique = flat.limits.get("uniqueItems").is_some_and(|value| **value == true);
        if !items.is_empty() {
            let wanted = least.max(items.len().min(most));
            if unique || least <= items.len() {
                arrays.push(items.iter().take(wanted).cloned().collect());
            } else {
                arrays.push(items.iter().cycle().take(wanted).cloned().collect());
            }
            if least <= 1 && most >= 1 {
                arrays.extend(items.into_iter().map(|item| vec![item]));
            } else if least <= items.len() {
                arrays.push(items.into_iter().take(least).collect());
            }
        }
        arrays.into_iter().map(Value::from).collect()
    }

    /// The members that an object may have; `None` where one that it must have cannot be made.
    fn make_members(&self, flat: &Flat<'d>, depth: usize) -> Option<Vec<Member<'d>>> {
        let mut members = Vec::new();
        for (name, sites) in &flat.properties {
            let required = flat.required.contains(name);
            let values = match discriminator_value(self.document, flat, name) {
                Some(tag) => vec![tag],
                None => {
                    let referred = sites.iter().any(|site| site.schema["$ref"].is_string());
                    let most = if referred { 3 } else { MOST_INNER };
                    self.make_variants(sites, depth_of(sites, depth), most)
                }
            };
            match values.is_empty() {
                true if required => return None,
                true => {}
                false => members.push(Member { name, required, values }),
            }
        }
        for name in &flat.required {
            if flat.properties.iter().all(|(known, _)| known != name) {
                let value =
                    discriminator_value(self.document, flat, name).unwrap_or_else(|| json!("text"));
                members.push(Member { name, required: true, values: vec![value] });
            }
        }
        if let Some(sites) = &flat.rest {
            let values = if sites.is_empty() {
                vec![json!("text"), json!({"a": [1, null]})]
            } else {
                self.make_variants(sites, depth_of(sites, depth), MOST_INNER)
            };
            if !values.is_empty() {
                for name in ["another", "one \"more\""] {
                    members.push(Member { name, required: false, values: values.clone() });
                }
            }
        }
        Some(members)
    }

    fn make_objects(&self, flat: &Flat<'d>, depth: usize, most: usize) -> Vec<Value> {
        let Some(members) = self.make_members(flat, depth) else { return Vec::new() };
        let fewest = flat.count_limit("minProperties").unwrap_or(0);
        let mut left =
            fewest.saturating_sub(members.iter().filter(|member| member.required).count());
        let least = make_object(&members, |_, member| {
            let wanted = member.required || left > 0;
            if wanted && !member.required {
                left -= 1;
            }
            wanted.then_some(0)
        });
        let mut values: Vec<Value> =
            vec![least.clone().into(), make_object(&members, |_, _| Some(1)).into()];
        let widest = members.iter().map(|member| member.values.len()).max().unwrap_or(0);
        // Every value of every member, as many at once as there are members.
        for column in (0..widest).filter(|column| *column != 1).take(most / 2) {
            values.push(make_object(&members, |_, _| Some(column)).into());
        }
        if depth > 0 {
            values.truncate(most.max(2));
            return values;
        }
        let alone: Vec<&Member<'d>> = members.iter().filter(|member| !member.required).collect();
        let room = most.saturating_sub(values.len() + 3).max(1);
        for member in alone.iter().step_by(alone.len().div_ceil(room).max(1)) {
            let mut object = least.clone();
            object.insert(member.name.to_owned(), member.values[0].clone());
            values.push(object.into());
        }
        if !flat.closed && flat.rest.is_none() {
            let mut object = least;
            object.insert(UNKNOWN.to_owned(), json!({"a": [1, null]}));
            values.push(object.into());
        }
        let mut random = Random::new(members.iter().map(|member| member.name));
        for _ in 0..2 {
            let object = make_object(&members, |_, member| {
                let there = member.required || random.next().is_multiple_of(2);
                there.then(|| random.next())
            });
            values.push(object.into());
        }
        values
    }
}

/// The value of a discriminator, if the member is one and may have that value.
fn discriminator_value<'d>(document: &'d Document, flat: &Flat<'d>, name: &str) -> Option<Value> {
    let (_, tag) = flat.tags.iter().find(|(known, _)| *known == name)?;
    let tag = json!(tag);
    let property = flat.properties.iter().find(|(known, _)| *known == name);
    let sites = property.map_or(&[][..], |(_, sites)| sites);
    let values = Flat::new(document, Direction::Neither, sites).values;
    values.is_none_or(|values| values.contains(&&tag)).then_some(tag)
}

fn depth_of(sites: &[Site<'_>], depth: usize) -> usize {
    depth + if sites.iter().any(|site| site.schema["$ref"].is_string()) { 2 } else { 1 }
}

/// Numbers that are the same in each run: a linear congruential generator.
struct Random(u64);

impl Random {
    fn new<'s>(seed: impl Iterator<Item = &'s str>) -> Self {
        let bytes = seed.flat_map(str::bytes);
        // FNV-1a.
        Self(bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }))
    }

    fn next(&mut self) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 40).unwrap_or(0)
    }
}

/// A tuple of the first elements; `column` says which of its values each has.
fn make_tuple(each: &[Vec<Value>], length: usize, column: usize) -> Value {
    each.iter().take(length).map(|values| values[column % values.len()].clone()).collect()
}

/// An object with the members for which `pick` returns the index of a value.
fn make_object<'d>(
    members: &[Member<'d>],
    mut pick: impl FnMut(usize, &Member<'d>) -> Option<usize>,
) -> Map<String, Value> {
    let mut object = Map::new();
    for (index, member) in members.iter().enumerate() {
        if let Some(column) = pick(index, member) {
            let value = &member.values[column % member.values.len()];
            object.insert(member.name.to_owned(), value.clone());
        }
    }
    object
}
