//! What tells the values of one alternative from those of others.

use super::Candidate;
use crate::diagnostics::Code;
use crate::lower::Lowering;
use crate::lower::flat::{Flat, Kind};
use crate::lower::site::Site;
use crate::model::{Alternative, Test, Type};

impl<'a> Lowering<'a, '_> {
    /// The members that every value has that is decoded.
    fn required_in_answers(&mut self, flat: &Flat<'a>) -> Vec<String> {
        let mut required = flat.required.clone();
        required.retain(|key| {
            flat.properties.get(key).is_none_or(|sites| !self.access_of(sites).write_only)
        });
        required.into_iter().map(str::to_owned).collect()
    }

    /// What tells a candidate's values from others'.
    pub(super) fn test(&mut self, candidate: &Candidate<'a>) -> Test {
        let flat = &candidate.flat;
        if let Some(values) = &flat.values {
            let strings: Option<Vec<String>> =
                values.iter().map(|value| value.as_str().map(str::to_owned)).collect();
            if let Some(strings) = strings {
                return Test::Values(strings);
            }
        }
        let object = flat.kind == Some(Kind::Object) || !flat.properties.is_empty();
        match flat.kind {
            _ if object => {
                let required = self.required_in_answers(flat);
                let keys: Vec<&str> = flat.properties.keys().copied().collect();
                let mut constants = Vec::new();
                for key in keys {
                    if let Some((values, _)) =
                        self.tag_values(flat, key).filter(|(values, _)| values.len() == 1)
                    {
                        constants.push((key.to_owned(), values));
                    }
                }
                Test::Object { required, constants }
            }
            Some(Kind::String) => Test::String,
            Some(Kind::Integer) => Test::Integer,
            Some(Kind::Number) => Test::Number,
            Some(Kind::Boolean) => Test::Boolean,
            Some(Kind::Array) => Test::Array,
            Some(Kind::Object) | None => Test::Any,
        }
    }

    pub(super) fn report_ambiguity(&mut self, alternatives: &[Alternative], site: &Site<'a>) {
        let swallows = |alternative: &&Alternative| matches!(&alternative.test, Test::Object { required, constants } if required.is_empty() && constants.is_empty());
        let mut swallowing = alternatives.iter().filter(swallows);
        if let (Some(first), Some(second)) = (swallowing.next(), swallowing.next()) {
            let message = format!(
                "nothing tells `{}` from `{}`: the first that decodes is taken",
                first.name.0, second.name.0
            );
            self.diagnostics.report(Code::AmbiguousUnion, &site.pointer, message);
        }
    }
}

/// Which alternative is tried first: the one that asks for more.
pub(super) fn rank(test: &Test, ty: &Type) -> (u8, std::cmp::Reverse<usize>) {
    let (class, asks) = match test {
        Test::Tag(_) | Test::Values(_) => (0, 0),
        Test::Object { required, constants } => (1, required.len() + 100 * constants.len()),
        Test::Integer => (2, 0),
        Test::Number => (3, 0),
        Test::Boolean => (4, 0),
        // What has a format may not decode, and is then a plain string.
        Test::String => (if *ty == Type::String { 6 } else { 5 }, 0),
        Test::Array => (7, 0),
        Test::Any => (8, 0),
    };
    (class, std::cmp::Reverse(asks))
}
