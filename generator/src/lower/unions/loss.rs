//! Whether a value loses something where it is decoded as an alternative that it was not made for.

use crate::diagnostics::Pointer;
use crate::lower::Lowering;
use crate::lower::flat::{Additional, Flat};
use crate::lower::kind::Kind;
use crate::lower::site::Site;

/// How far members are followed.
const DEEPEST: usize = 6;

/// How many more schemas of a union are compared.
pub(super) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(2_000)
    }
}

impl<'a> Lowering<'a, '_> {
    /// Whether a value of `other` may lose something where it decodes as `one`. What is too much to look at may.
    pub(super) fn may_lose_data(
        &mut self,
        one: &Flat<'a>,
        other: &Flat<'a>,
        budget: &mut Budget,
    ) -> bool {
        self.may_lose(one, other, budget, DEEPEST)
    }

    fn may_lose(
        &mut self,
        one: &Flat<'a>,
        other: &Flat<'a>,
        budget: &mut Budget,
        depth: usize,
    ) -> bool {
        if depth == 0 || budget.0 == 0 {
            return true;
        }
        budget.0 -= 1;
        for (is_own, union) in [(true, one), (false, other)] {
            if union.unions.is_empty() {
                continue;
            }
            return union.unions.iter().flatten().any(|member| {
                let member = self.flat_of(member);
                match is_own {
                    true => self.may_lose(&member, other, budget, depth - 1),
                    false => self.may_lose(one, &member, budget, depth - 1),
                }
            });
        }
        let is_list = |flat: &Flat<'_>| flat.kind == Some(Kind::Array);
        if one.is_object() && other.is_object() {
            self.may_lose_members(one, other, budget, depth)
        } else if is_list(one) && is_list(other) {
            self.part_may_lose(&one.items, &other.items, budget, depth)
        } else {
            let is_any = other.kind.is_none() && other.values.is_none();
            is_any && (is_list(one) || (one.is_object() && !is_open(one)))
        }
    }

    fn may_lose_members(
        &mut self,
        one: &Flat<'a>,
        other: &Flat<'a>,
        budget: &mut Budget,
        depth: usize,
    ) -> bool {
        if !one.required.iter().all(|key| may_have(other, key)) {
            return false;
        }
        if is_open(other) && !is_open(one) {
            return true;
        }
        let rest = match &one.additional {
            Additional::Schema(sites) => &sites[..],
            _ => &[],
        };
        for (key, theirs) in &other.properties {
            match one.properties.get(key) {
                Some(own) if self.part_may_lose(own, theirs, budget, depth) => return true,
                None if !is_open(one) => return true,
                None if self.part_may_lose(rest, theirs, budget, depth) => return true,
                _ => {}
            }
        }
        match &other.additional {
            Additional::Schema(theirs) => self.part_may_lose(rest, theirs, budget, depth),
            _ => false,
        }
    }

    fn part_may_lose(
        &mut self,
        one: &[Site<'a>],
        other: &[Site<'a>],
        budget: &mut Budget,
        depth: usize,
    ) -> bool {
        // What no schema describes is any JSON value.
        if one.is_empty() || self.places_of(one) == self.places_of(other) {
            return false;
        }
        let one = self.quietly(|lowering| lowering.flatten_all(one));
        let other = self.quietly(|lowering| lowering.flatten_all(other));
        self.may_lose(&one, &other, budget, depth - 1)
    }

    /// Where the schemas of a member stand.
    pub(crate) fn places_of(&mut self, sites: &[Site<'a>]) -> Vec<Pointer> {
        sites.iter().map(|site| self.place_of(site)).collect()
    }
}

/// Whether members without a schema of their own are kept.
fn is_open(flat: &Flat<'_>) -> bool {
    match flat.additional {
        Additional::None => false,
        Additional::Unsaid => flat.properties.is_empty(),
        Additional::Any | Additional::Schema(_) => true,
    }
}

fn may_have(flat: &Flat<'_>, key: &str) -> bool {
    flat.properties.contains_key(key) || flat.required.contains(key) || is_open(flat)
}
