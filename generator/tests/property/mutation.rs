//! Documents with a few mistakes in them.

use serde_json::{Map, Value, json};

/// Numbers that look random and are the same on every run (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `end`, or 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        match end {
            0 => 0,
            _ => (self.next() % end as u64) as usize,
        }
    }

    fn one<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.below(list.len())]
    }
}

/// Texts that no name, word or reference should be.
const ODD: &[&str] = &[
    "",
    " ",
    "self",
    "Self",
    "type",
    "Option",
    "\"]\n#[x] fn smuggled() {} /*",
    "*/ `a` \\",
    "{id}",
    "日本",
    "\u{0}\r\u{202e}",
    "#/components/schemas/",
    "#/components/schemas/None",
    "#",
    "other.yaml#/a",
    "application/json",
    "multipart/form-data",
    "deepObject",
    "1e400",
    "__",
    "Other",
];

/// Keywords whose meaning depends on what stands there.
const KEYWORDS: &[&str] = &[
    "type",
    "items",
    "properties",
    "required",
    "enum",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "$ref",
    "format",
    "nullable",
    "discriminator",
    "additionalProperties",
    "default",
    "example",
    "schema",
    "content",
    "in",
    "name",
    "style",
    "explode",
    "parameters",
    "requestBody",
    "responses",
    "headers",
    "security",
    "servers",
    "tags",
    "operationId",
    "description",
    "x-rust-name",
    "x-enum-varnames",
    "encoding",
    "mapping",
    "propertyName",
    "maximum",
    "minimum",
    "readOnly",
    "deprecated",
    "url",
    "variables",
];

/// Makes a few mistakes.
pub(crate) fn mutate(document: &mut Value, random: &mut Random) {
    for _ in 0..=random.below(6) {
        let donor = document.pointer(&place(document, random)).cloned().unwrap_or_default();
        let victim = place(document, random);
        match document.pointer_mut(&victim) {
            Some(Value::Object(map)) => mutate_map(map, donor, random),
            Some(Value::Array(list)) => mutate_list(list, donor, random),
            Some(value) => *value = another(donor, random),
            None => {}
        }
    }
    // Without its version, nothing else of it would be looked at.
    if let (Some(members), true) = (document.as_object_mut(), random.below(20) > 0) {
        members.insert("openapi".to_owned(), json!("3.0.3"));
    }
}

fn mutate_map(map: &mut Map<String, Value>, donor: Value, random: &mut Random) {
    let keys: Vec<String> = map.keys().cloned().collect();
    let key = match keys.is_empty() {
        true => "type".to_owned(),
        false => random.one(&keys).clone(),
    };
    match random.below(6) {
        0 => drop(map.shift_remove(&key)),
        1 => drop(map.insert(key, another(donor, random))),
        2 => drop(map.insert((*random.one(KEYWORDS)).to_owned(), another(donor, random))),
        3 => {
            let value = map.shift_remove(&key).unwrap_or_default();
            map.insert((*random.one(ODD)).to_owned(), value);
        }
        4 => {
            let value = map.shift_remove(&key).unwrap_or_default();
            map.insert((*random.one(KEYWORDS)).to_owned(), value);
        }
        _ => {
            let from = keys.get(random.below(keys.len())).unwrap_or(&key);
            let value = map.get(from).cloned();
            map.insert(key, value.unwrap_or_default());
        }
    }
}

fn mutate_list(list: &mut Vec<Value>, donor: Value, random: &mut Random) {
    let at = random.below(list.len());
    match random.below(4) {
        0 if !list.is_empty() => drop(list.remove(at)),
        1 if !list.is_empty() => list[at] = another(donor, random),
        2 if !list.is_empty() => list.push(list[at].clone()),
        _ => list.insert(at, another(donor, random)),
    }
}

fn another(donor: Value, random: &mut Random) -> Value {
    match random.below(12) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(random.next() as i64),
        3 => json!(-0.5),
        4 => json!([]),
        5 => json!({}),
        6 | 7 => json!(random.one(ODD)),
        8 => json!([donor]),
        9 => json!({"allOf": [donor, {"nullable": true}]}),
        _ => donor,
    }
}

/// The JSON pointer of a place: every step down is likelier than staying.
fn place(mut value: &Value, random: &mut Random) -> String {
    let mut pointer = String::new();
    while random.below(20) > 0 {
        let (step, next) = match value {
            Value::Object(map) if !map.is_empty() => {
                let at = random.below(map.len());
                let Some((key, next)) = map.iter().nth(at) else { break };
                (key.replace('~', "~0").replace('/', "~1"), next)
            }
            Value::Array(list) if !list.is_empty() => {
                let at = random.below(list.len());
                (at.to_string(), &list[at])
            }
            _ => break,
        };
        pointer.push('/');
        pointer.push_str(&step);
        value = next;
    }
    pointer
}

/// A small document out of a large one: a few paths, and the components that they reach.
pub(crate) fn cut(document: &Value, random: &mut Random) -> Value {
    let mut small = document.clone();
    if let Some(paths) = small.get_mut("paths").and_then(Value::as_object_mut) {
        let all: Vec<String> = paths.keys().cloned().collect();
        let kept: Vec<&String> =
            (0..=random.below(4)).filter_map(|_| all.get(random.below(all.len()))).collect();
        paths.retain(|path, _| kept.contains(&path));
    }
    let mut reached = std::collections::BTreeSet::new();
    let mut open = vec![small["paths"].clone()];
    while let Some(value) = open.pop() {
        references(&value, &mut |reference| {
            let target = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
            if let Some(target) = target.filter(|_| reached.insert(reference.to_owned())) {
                open.push(target.clone());
            }
        });
    }
    for (section, entries) in
        small.get_mut("components").and_then(Value::as_object_mut).into_iter().flatten()
    {
        if let (Value::Object(entries), true) = (entries, section != "securitySchemes") {
            let section = format!("#/components/{section}/");
            entries.retain(|name, _| {
                let escaped = name.replace('~', "~0").replace('/', "~1");
                reached.contains(&format!("{section}{escaped}"))
            });
        }
    }
    small
}

fn references(value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                found(reference);
            }
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}
