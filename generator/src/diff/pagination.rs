//! Lists in pages.

use super::relation::Relation;
use super::types::describe_change;
use super::{Compared, Rule, Subject};
use crate::model::{Member, Next, Operation, Pagination};

impl<'a> Compared<'a> {
    pub(super) fn pagination(&mut self, owner: &Subject, old: &'a Operation, new: &'a Operation) {
        let subject = Subject { item: format!("{}.stream", owner.item), ..owner.clone() };
        match (&old.pagination, &new.pagination) {
            (None, None) => {}
            (None, Some(_)) => {
                self.report(
                    Rule::PaginationAdded,
                    &subject,
                    "the response is now a page of a list",
                );
            }
            (Some(_), None) => {
                let message = "the response is no longer a page of a list";
                self.report(Rule::PaginationRemoved, &subject, message);
            }
            (Some(one), Some(other)) => {
                if self.relations().of(&one.item, &other.item) != Relation::Same {
                    let message =
                        format!("an item of the list {}", describe_change(&one.item, &other.item));
                    self.report(Rule::PaginationItemChanged, &subject, message);
                }
                if describe_way(one) != describe_way(other) {
                    let message = "the next page is found in a different way";
                    self.report(Rule::PaginationChanged, &subject, message);
                }
            }
        }
    }
}

/// What leads from page to page, as text. Whether a member may be missing is a change of that member.
fn describe_way(pagination: &Pagination) -> String {
    let next = pagination.next.as_ref().map(|next| match next {
        Next::Member(member) => member_path(member),
        Next::LastItem(member) => member_path(member),
    });
    let items = pagination.items.as_ref().map(|(name, _)| &name.0);
    let total = pagination.total.as_ref().map(member_path);
    let more = pagination.more.as_ref().map(member_path);
    format!("{:?} {items:?} {next:?} {total:?} {more:?}", pagination.style)
}

fn member_path(member: &Member) -> Vec<&str> {
    member.path.iter().map(|(name, _)| &*name.0).collect()
}
