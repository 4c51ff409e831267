//! How the alternative of a value is chosen where no tag tells it.

use super::loss::Budget;
use super::test::{test_class, test_rank};
use crate::diagnostics::Code;
use crate::lower::Lowering;
use crate::lower::flat::Flat;
use crate::lower::kind::Kind;
use crate::lower::schemas::string_type;
use crate::lower::site::Site;
use crate::model::{Alternative, Selection, Shape, Test};

/// Of more alternatives than this not every pair is looked at.
pub(super) const MOST_COMPARED: usize = 200;

/// Nor where they have more members than this in all.
pub(super) const MOST_NAMES: usize = 10_000;

/// How far the properties of two alternatives are followed to find a difference.
const DEEPEST_DIFFERENCE: usize = 4;

impl<'a> Lowering<'a, '_> {
    /// Reports alternatives that no value leads to, because all that they allow another takes.
    pub(super) fn report_ambiguity(
        &mut self,
        alternatives: &[Alternative],
        flats: &[Flat<'a>],
        site: &Site<'a>,
    ) {
        let several = count_compared(alternatives.iter());
        for later in 1..several {
            for earlier in 0..later {
                let first = &alternatives[earlier];
                let second = &alternatives[later];
                if takes_all(&first.test, &second.test)
                    && !self.differ(&flats[earlier], &flats[later], DEEPEST_DIFFERENCE)
                {
                    let message = format!(
                        "`{}` and `{}` cannot be told apart: the first that decodes is used",
                        first.name.0, second.name.0
                    );
                    self.diagnostics.report(Code::AmbiguousUnion, &site.pointer, message);
                    break;
                }
            }
        }
    }

    /// Reports two alternatives of an `anyOf` that nothing tells apart, each with members that the other lacks.
    pub(super) fn report_overlap(&mut self, alternatives: &[Alternative], site: &Site<'a>) {
        let Some((one, other)) = find_pair(alternatives, shapes_overlap) else { return };
        let message = format!(
            "a value may be both `{}` and `{}`: if it has members of both, it is `Other`, as JSON",
            one.name.0, other.name.0
        );
        self.diagnostics
            .report(Code::OverlappingUnion, &site.pointer, message)
            .help("use `oneOf` if it is always one of them, `allOf` if it is always both");
    }

    /// Puts alternatives in the order in which they are tried, and says how one is selected: the first
    /// that fits, where that is certain to lose nothing. `any_of`: whether a value may belong to several.
    pub(super) fn arrange(
        &mut self,
        alternatives: Vec<Alternative>,
        flats: Vec<Flat<'a>>,
        any_of: bool,
    ) -> (Selection, Vec<Alternative>, Vec<Flat<'a>>) {
        let several = any_of && find_pair(&alternatives, may_be_both).is_some();
        let mut all: Vec<(Alternative, Flat<'a>)> = alternatives.into_iter().zip(flats).collect();
        all.sort_by_key(|(alternative, _)| test_rank(&alternative.test, &alternative.ty));
        let selection = if !several && self.is_lossless(&all) {
            Selection::Order
        } else {
            // The document's order breaks ties; what takes anything comes last.
            all.sort_by_key(|(alternative, _)| alternative.place);
            all.sort_by_key(|(alternative, _)| test_class(&alternative.test, &alternative.ty));
            if several { Selection::AllMembers } else { Selection::Members }
        };
        let (alternatives, flats) = all.into_iter().unzip();
        (selection, alternatives, flats)
    }

    /// Whether every value keeps all that it has in the first alternative that it passes for.
    fn is_lossless(&mut self, all: &[(Alternative, Flat<'a>)]) -> bool {
        if count_compared(all.iter().map(|(alternative, _)| alternative)) < all.len() {
            return false;
        }
        let mut budget = Budget::default();
        let mut pairs = all
            .iter()
            .enumerate()
            .flat_map(|(at, later)| all[..at].iter().map(move |earlier| (earlier, later)));
        !pairs.any(|((earlier, one), (later, other))| {
            may_lose(&earlier.test, &later.test)
                || (may_take(&earlier.test, &later.test)
                    && self.may_lose_data(one, other, &mut budget))
        })
    }

    /// Whether some value of the one does not decode as the other.
    fn differ(&mut self, one: &Flat<'a>, other: &Flat<'a>, depth: usize) -> bool {
        if !one.unions.is_empty() || !other.unions.is_empty() || !self.compare() {
            return true;
        }
        if one.is_object() && other.is_object() {
            if lacks_required(one, other) || lacks_required(other, one) {
                return true;
            }
            let keys: Vec<&str> = one.properties.keys().copied().collect();
            return depth > 0
                && keys.into_iter().any(|key| {
                    let (Some(own), Some(others)) =
                        (one.properties.get(key), other.properties.get(key))
                    else {
                        return false;
                    };
                    let own = self.quietly(|lowering| lowering.flatten_all(own));
                    let others = self.quietly(|lowering| lowering.flatten_all(others));
                    self.differ(&own, &others, depth - 1)
                });
        }
        if one.kind == Some(Kind::Array) && other.kind == Some(Kind::Array) {
            let own = self.quietly(|lowering| lowering.flatten_all(&one.items));
            let others = self.quietly(|lowering| lowering.flatten_all(&other.items));
            return depth > 0 && self.differ(&own, &others, depth - 1);
        }
        let is_any = |flat: &Flat<'_>| flat.kind.is_none() && flat.values.is_none();
        let text = |flat: &Flat<'_>| string_type(flat.format.as_deref());
        !is_any(one)
            && !is_any(other)
            && (one.is_object() != other.is_object()
                || one.kind != other.kind
                || text(one) != text(other)
                || one.values != other.values)
    }
}

/// How many of some alternatives are compared with each other.
fn count_compared<'t>(alternatives: impl Iterator<Item = &'t Alternative>) -> usize {
    let mut names = 0;
    let mut compared = 0;
    for alternative in alternatives.take(MOST_COMPARED) {
        names += leaf_tests(&alternative.test).iter().map(test_size).sum::<usize>();
        if names > MOST_NAMES {
            break;
        }
        compared += 1;
    }
    compared
}

/// Whether a schema does not describe a member that the other one requires.
fn lacks_required(flat: &Flat<'_>, other: &Flat<'_>) -> bool {
    other.required.iter().any(|key| !flat.properties.contains_key(key))
}

/// How many names of members a test has.
fn test_size(test: &Test) -> usize {
    match test {
        Test::Object(shape) => shape.known.len() + shape.required.len(),
        _ => 1,
    }
}

fn leaf_tests(test: &Test) -> &[Test] {
    match test {
        Test::Either(tests) => tests,
        one => std::slice::from_ref(one),
    }
}

/// Whether a value of the later alternative may pass for one of the earlier.
fn may_take(earlier: &Test, later: &Test) -> bool {
    leaf_tests(earlier).iter().any(|first| {
        leaf_tests(later).iter().any(|second| match (first, second) {
            (Test::Object(first), Test::Object(second)) => may_pass(second, first),
            (Test::Array, Test::Array) => true,
            (Test::Any, _) | (_, Test::Any) => true,
            _ => false,
        })
    })
}

/// Whether a value of the later alternative may pass for one of the earlier, which does not keep all of it.
fn may_lose(earlier: &Test, later: &Test) -> bool {
    leaf_tests(earlier).iter().any(|first| {
        leaf_tests(later).iter().any(|second| match (first, second) {
            (Test::Object(first), Test::Object(second)) => {
                may_pass(second, first) && !keeps_all_of(first, second)
            }
            (Test::Object(first), Test::Any) => !first.open,
            _ => false,
        })
    })
}

/// Whether a value of `one` may pass the tests of `other`.
fn may_pass(one: &Shape, other: &Shape) -> bool {
    let has = |key: &String| one.open || one.known.contains(key) || one.required.contains(key);
    let is_present = |key: &String| one.required.contains(key) || other.required.contains(key);
    other.required.iter().all(has)
        && other
            .constants
            .iter()
            .all(|(key, values)| !(is_present(key) && one.excludes(key, values)))
}

/// Two alternatives that have shapes of which this is so.
fn find_pair(
    alternatives: &[Alternative],
    is_so: fn(&Shape, &Shape) -> bool,
) -> Option<(&Alternative, &Alternative)> {
    let several = count_compared(alternatives.iter());
    let mut pairs = (1..several)
        .flat_map(|later| (0..later).map(move |earlier| (earlier, later)))
        .map(|(earlier, later)| (&alternatives[earlier], &alternatives[later]));
    pairs.find(|(one, other)| {
        leaf_tests(&one.test).iter().any(|first| {
            leaf_tests(&other.test).iter().any(|second| match (first, second) {
                (Test::Object(first), Test::Object(second)) => is_so(first, second),
                _ => false,
            })
        })
    })
}

/// Whether nothing tells two shapes apart, and neither keeps all of a value that is both.
pub(super) fn shapes_overlap(one: &Shape, other: &Shape) -> bool {
    !is_apart(one, other) && may_be_both(one, other)
}

/// Whether a value may be both, and neither keeps all of it. A closed shape knows all members of such a value.
fn may_be_both(one: &Shape, other: &Shape) -> bool {
    !values_differ(one, other)
        && !one.closed
        && !other.closed
        && loses_members(one, other)
        && loses_members(other, one)
}

/// Whether `one` does not keep some member that `other` knows.
fn loses_members(one: &Shape, other: &Shape) -> bool {
    !one.open && other.known.iter().any(|key| !one.known.contains(key))
}

/// Whether something tells the values of two shapes apart: a member that one requires and the other does not know, or
/// different values of the same member.
pub(super) fn is_apart(one: &Shape, other: &Shape) -> bool {
    let needs =
        |one: &Shape, other: &Shape| one.required.iter().any(|key| !other.known.contains(key));
    needs(one, other) || needs(other, one) || values_differ(one, other)
}

/// Whether some member has other values in `one` than in `other`.
pub(super) fn values_differ(one: &Shape, other: &Shape) -> bool {
    one.constants.iter().any(|(key, values)| other.excludes(key, values))
}

/// Whether `one` has a place for every member that `other` has one for.
fn keeps_all_of(one: &Shape, other: &Shape) -> bool {
    one.open || (!other.open && other.known.iter().all(|key| one.known.contains(key)))
}

/// Whether every value of the later alternative passes for one of the earlier as well as for its own.
fn takes_all(earlier: &Test, later: &Test) -> bool {
    match (earlier, later) {
        (Test::Object(earlier), Test::Object(later)) => {
            earlier.required.iter().all(|key| later.required.contains(key))
                && earlier.constants.iter().all(|(key, values)| later.is_limited_to(key, values))
                && (earlier.open || !later.open)
                && later.known.iter().all(|key| earlier.known.contains(key))
        }
        (Test::Either(earlier), Test::Either(later)) => {
            later.iter().all(|later| earlier.iter().any(|earlier| takes_all(earlier, later)))
        }
        (Test::Any, Test::Any) | (Test::Array, Test::Array) | (Test::String, Test::String) => true,
        _ => false,
    }
}
