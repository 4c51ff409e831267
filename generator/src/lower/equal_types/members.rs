//! What types of equal content have in common.

use std::collections::HashMap;

use crate::model::{Doc, Selection, Test, TypeDefinition, TypeKind, Union};

/// The content of a type without what does not distinguish it from another one: documentation, the order of fields
/// and values, and what follows from where it is used.
pub(super) fn sort_members(mut kind: TypeKind) -> TypeKind {
    for_each_member(&mut kind, |_, member| {
        *member.doc = Doc::default();
        if let Some(deprecated) = member.deprecated {
            *deprecated = false;
        }
    });
    match &mut kind {
        TypeKind::Record(record) => {
            record.sent = false;
            record.fields.sort_by(|one, other| one.key.cmp(&other.key));
        }
        TypeKind::StringEnum(values) => {
            values.variants.sort_by(|one, other| one.value.cmp(&other.value));
        }
        TypeKind::IntegerEnum(values) => values.variants.sort_by_key(|variant| variant.value),
        TypeKind::Union(union) => sort_alternatives(union),
        TypeKind::Alias(_) | TypeKind::Newtype(_) | TypeKind::Tuple(_) => {}
    }
    kind
}

/// The order of alternatives shows only if they are tried in it.
fn sort_alternatives(union: &mut Union) {
    for alternative in &mut union.alternatives {
        sort_test(&mut alternative.test);
    }
    if let Selection::Tag(_) = union.selection {
        union.alternatives.sort_by(|one, other| one.name.cmp(&other.name));
        for (at, alternative) in union.alternatives.iter_mut().enumerate() {
            alternative.place = at;
        }
    }
}

fn sort_test(test: &mut Test) {
    match test {
        Test::Tag(values) | Test::Values(values) => values.sort(),
        Test::Object(shape) => {
            shape.required.sort();
            shape.known.sort();
            for (_, values) in &mut shape.constants {
                values.sort();
            }
            shape.constants.sort();
            // It was for finding the order.
            shape.closed = false;
        }
        Test::Either(tests) => tests.iter_mut().for_each(sort_test),
        Test::String | Test::Integer | Test::Number | Test::Boolean | Test::Array | Test::Any => {}
    }
}

/// Gives equal types what they have as one: setters if any of them is sent, and members that are deprecated if they
/// are in each. The members' documentation is that of the type that represents the others, or else what the others
/// agree on.
pub(super) fn share_members(types: &mut [TypeDefinition], kept: usize, equal: &[usize]) {
    let mut shared: HashMap<String, Shared> = HashMap::new();
    let others = equal.iter().copied().filter(|&other| other != kept);
    for at in std::iter::once(kept).chain(others) {
        for_each_member(&mut types[at].kind, |key, member| {
            shared.entry(key).or_insert_with(|| Shared::of(&member)).add(&member);
        });
    }
    let is_sent = |&at: &usize| matches!(&types[at].kind, TypeKind::Record(record) if record.sent);
    let is_any_sent = equal.iter().any(is_sent);
    for &at in equal {
        for_each_member(&mut types[at].kind, |key, member| {
            let Some(shared) = shared.get(&key) else { return };
            member.doc.clone_from(&shared.doc);
            if let Some(deprecated) = member.deprecated {
                *deprecated = shared.is_deprecated;
            }
        });
        if let TypeKind::Record(record) = &mut types[at].kind {
            record.sent = is_any_sent;
        }
    }
}

/// What a member has in common in several types.
struct Shared {
    doc: Doc,
    /// Whether the documentation is that of the first type, or there is none because others differ.
    is_settled: bool,
    is_deprecated: bool,
}

impl Shared {
    /// That of the first type.
    fn of(member: &Member<'_>) -> Self {
        let doc = member.doc.clone();
        Self { is_settled: !doc.lines.is_empty(), doc, is_deprecated: true }
    }

    fn add(&mut self, member: &Member<'_>) {
        self.is_deprecated &= member.deprecated.as_deref() == Some(&true);
        if self.is_settled || member.doc.lines.is_empty() {
            return;
        }
        if self.doc.lines.is_empty() {
            self.doc.clone_from(member.doc);
        } else if self.doc != *member.doc {
            self.doc = Doc::default();
            self.is_settled = true;
        }
    }
}

/// A field, a value, or an alternative.
struct Member<'m> {
    doc: &'m mut Doc,
    deprecated: Option<&'m mut bool>,
}

/// Calls a function with each member of a type, and what tells it from the others.
fn for_each_member(kind: &mut TypeKind, mut work: impl FnMut(String, Member<'_>)) {
    match kind {
        TypeKind::Record(record) => {
            for field in &mut record.fields {
                let deprecated = Some(&mut field.deprecated);
                work(field.key.clone(), Member { doc: &mut field.doc, deprecated });
            }
        }
        TypeKind::StringEnum(values) => {
            for variant in &mut values.variants {
                work(variant.value.clone(), Member { doc: &mut variant.doc, deprecated: None });
            }
        }
        TypeKind::IntegerEnum(values) => {
            for variant in &mut values.variants {
                work(variant.value.to_string(), Member { doc: &mut variant.doc, deprecated: None });
            }
        }
        TypeKind::Union(union) => {
            for one in &mut union.alternatives {
                work(one.name.0.clone(), Member { doc: &mut one.doc, deprecated: None });
            }
        }
        TypeKind::Alias(_) | TypeKind::Newtype(_) | TypeKind::Tuple(_) => {}
    }
}
