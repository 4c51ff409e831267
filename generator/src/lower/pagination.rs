//! Lists that come in pages: what the extension `x-pagination` says, or what plain names say.

mod dialect;
mod guessed;
mod members;
mod stated;

use super::operations::Tagged;
use crate::diagnostics::{Code, Diagnostics};
use crate::model::{Operation, Outcome, ParameterStyle, Payload, Type, TypeDefinition};
use members::PageResponse;

/// Finds out which operations give pages.
pub(crate) fn find_pagination(
    operations: &mut [Tagged],
    types: &[TypeDefinition],
    diagnostics: &mut Diagnostics,
) {
    let types = types.iter().map(|known| (&known.name, known)).collect();
    for tagged in operations {
        let operation = &tagged.operation;
        let response = page_type(operation).map(|page| PageResponse::new(operation, page, &types));
        let pagination = match (&tagged.pagination, response) {
            (Some(said), response) => {
                let pointer = tagged.pointer.key("x-pagination");
                let stated = stated::read_extension(said, response.as_ref());
                for message in stated.mistakes {
                    diagnostics.report(Code::InvalidPagination, &pointer, message);
                }
                stated.pagination
            }
            (None, Some(response)) => guessed::guess_pagination(&response, tagged.has_links),
            (None, None) => None,
        };
        tagged.operation.pagination = pagination;
    }
}

/// The type of the response, if it may be a page.
fn page_type(operation: &Operation) -> Option<&Type> {
    let Outcome::One(response) = &operation.outcome else { return None };
    match &response.payload {
        Payload::Json(page) => Some(page),
        _ => None,
    }
}

/// The parameter that leads to the page before an item, beside the one for the page after it.
fn backward_parameter(operation: &Operation, after: &str) -> Option<String> {
    let before = "ending_before";
    (after == "starting_after" && has_query(operation, before)).then(|| before.to_owned())
}

fn has_query(operation: &Operation, key: &str) -> bool {
    query_parameter(operation, key).is_some()
}

fn query_parameter<'a>(operation: &'a Operation, key: &str) -> Option<&'a crate::model::Parameter> {
    let is_query = |style| matches!(style, ParameterStyle::Query { .. });
    operation.parameters.iter().find(|parameter| is_query(parameter.style) && parameter.key == key)
}
