//! What a value must fulfil to belong to an alternative.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::Candidate;
use crate::diagnostics::Pointer;
use crate::lower::Lowering;
use crate::lower::flat::{Additional, Flat};
use crate::lower::kind::Kind;
use crate::model::{Shape, Test, Type};

/// Enumerations of more values than this are not compared.
const MOST_VALUES: usize = 32;

impl<'a> Lowering<'a, '_> {
    /// What tells the candidates' values apart.
    pub(super) fn tests(&mut self, candidates: &[Candidate<'a>]) -> Vec<Test> {
        let mut tests: Vec<Test> = candidates
            .iter()
            .map(|candidate| self.test(&candidate.flat, &mut HashSet::new()))
            .collect();
        // A list of several values is a test only where another alternative has others: it may grow.
        for at in 0..tests.len() {
            let Test::Object(shape) = &tests[at] else { continue };
            let telling = shape.constants.iter().filter(|(key, values)| {
                values.len() == 1 || tests.iter().any(|other| excludes(other, key, values))
            });
            let telling: Vec<(String, Vec<String>)> = telling.cloned().collect();
            if let Test::Object(shape) = &mut tests[at] {
                shape.constants = telling;
            }
        }
        tests
    }

    /// `seen`: the members of unions that were looked at, because a union may contain itself.
    fn test(&mut self, flat: &Flat<'a>, seen: &mut HashSet<Pointer>) -> Test {
        if let Some(values) = &flat.values {
            let strings: Option<Vec<String>> =
                values.iter().map(|value| value.as_str().map(str::to_owned)).collect();
            if let Some(strings) = strings {
                return Test::Values(strings);
            }
        }
        let object = flat.kind == Some(Kind::Object) || !flat.properties.is_empty();
        match flat.kind {
            _ if object && flat.unions.is_empty() => Test::Object(self.shape(flat)),
            None if flat.unions.len() == 1 && flat.properties.is_empty() => self.either(flat, seen),
            Some(Kind::String) => Test::String,
            Some(Kind::Integer) => Test::Integer,
            Some(Kind::Number) => Test::Number,
            Some(Kind::Boolean) => Test::Boolean,
            Some(Kind::Array) => Test::Array,
            Some(Kind::Object) | None => Test::Any,
        }
    }

    /// What the members of a union within a union are told by.
    fn either(&mut self, flat: &Flat<'a>, seen: &mut HashSet<Pointer>) -> Test {
        let mut tests = Vec::new();
        for member in flat.unions.iter().flatten() {
            let place = self.place_of(member);
            if !seen.insert(place) {
                continue;
            }
            let nested = self.flat_of(member);
            if super::members::is_null(&nested) {
                continue;
            }
            let test = self.deeper(&member.pointer, |lowering| lowering.test(&nested, seen));
            match test {
                Some(Test::Either(inner)) => tests.extend(inner),
                Some(Test::Any) | None => return Test::Any,
                Some(test) => tests.push(test),
            }
        }
        if tests.is_empty() { Test::Any } else { Test::Either(tests) }
    }

    pub(super) fn shape(&mut self, flat: &Flat<'a>) -> Shape {
        let mut required: Vec<&str> = flat.required.iter().copied().collect();
        // What is only sent is not there when a response is decoded.
        required.retain(|key| {
            flat.properties.get(key).is_none_or(|sites| !self.access_of(sites).write_only)
        });
        let known: Vec<&str> = flat.properties.keys().copied().collect();
        let mut constants = Vec::new();
        for key in &known {
            if let Some((values, always)) =
                self.tag_values(flat, key).filter(|(values, _)| values.len() <= MOST_VALUES)
            {
                constants.push(((*key).to_owned(), values));
                // What may be null may be missing, to the type.
                required.retain(|other| always || other != key);
            }
        }
        let open = match flat.additional {
            Additional::None => false,
            Additional::Unsaid => known.is_empty(),
            Additional::Any | Additional::Schema(_) => true,
        };
        let closed = matches!(flat.additional, Additional::None);
        let owned = |keys: Vec<&str>| keys.into_iter().map(str::to_owned).collect();
        Shape { required: owned(required), constants, known: owned(known), open, closed }
    }
}

/// Which alternative is tried first: the one that asks for more.
pub(super) fn test_rank(test: &Test, ty: &Type) -> (u8, Reverse<usize>) {
    let asks = match test {
        Test::Object(shape) => shape.required.len() + 100 * shape.constants.len(),
        _ => 0,
    };
    (test_class(test, ty), Reverse(asks))
}

/// Which kind of alternative is tried first: the one that takes less.
pub(super) fn test_class(test: &Test, ty: &Type) -> u8 {
    match test {
        Test::Tag(_) | Test::Values(_) => 0,
        Test::Object(_) | Test::Either(_) => 1,
        Test::Integer => 2,
        Test::Number => 3,
        Test::Boolean => 4,
        // What has a format may not decode, and is then a plain string.
        Test::String => 5 + u8::from(*ty == Type::String),
        Test::Array => 7,
        Test::Any => 8,
    }
}

/// Whether the values of an alternative have others than these for a member.
fn excludes(test: &Test, key: &str, values: &[String]) -> bool {
    matches!(test, Test::Object(shape) if shape.excludes(key, values))
}
