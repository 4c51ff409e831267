//! Lists that come in pages: what the extension `x-pagination` says, or what plain names say.

use std::collections::HashMap;

use serde_json::Value;

use super::operations::Tagged;
use crate::model::{
    Field, Operation, Outcome, Pagination, PagingStyle, ParameterStyle, Payload, Presence, Record,
    Type, TypeDefinition, TypeKind, TypeName,
};

/// Names of the parameter and of the page's field that carry a cursor, in pairs that services use.
const CURSORS: &[(&str, &[&str])] = &[
    ("marker", &["next_marker"]),
    ("cursor", &["next_cursor", "nextCursor"]),
    ("page_token", &["next_page_token"]),
    ("pageToken", &["nextPageToken"]),
    ("next_token", &["next_token"]),
    ("nextToken", &["nextToken"]),
    ("after", &["next_cursor", "end_cursor", "after"]),
];

/// Names of the field that holds a page's items, where a page has several lists.
const ITEMS: &[&str] = &["entries", "items", "data", "results", "records"];

/// Fields that say that a page is one of several.
const TOTALS: &[&str] = &[
    "total_count",
    "totalCount",
    "total",
    "offset",
    "count",
    "total_pages",
    "totalPages",
    "page",
    "has_more",
    "hasMore",
];

/// Finds out which operations give pages.
pub(crate) fn find(operations: &mut [Tagged], types: &[TypeDefinition]) {
    let types: HashMap<&TypeName, &TypeDefinition> =
        types.iter().map(|known| (&known.name, known)).collect();
    for tagged in operations {
        tagged.operation.pagination =
            pagination(&tagged.operation, tagged.pagination.as_ref(), &types);
    }
}

fn pagination(
    operation: &Operation,
    said: Option<&Value>,
    types: &HashMap<&TypeName, &TypeDefinition>,
) -> Option<Pagination> {
    let Outcome::One(response) = &operation.outcome else { return None };
    let Payload::Json(page) = &response.payload else { return None };
    let record = record(page, types)?;
    let (style, parameter, items) = match said {
        Some(said) => told(operation, record, said)?,
        None => guessed(operation, record)?,
    };
    let Type::List(item) = &items.ty else { return None };
    Some(Pagination {
        style,
        parameter,
        page: page.clone(),
        items: items.name.clone(),
        items_presence: items.presence,
        item: (**item).clone(),
    })
}

/// The struct that a type is, by whatever name.
fn record<'a>(ty: &Type, types: &HashMap<&TypeName, &'a TypeDefinition>) -> Option<&'a Record> {
    let mut name = ty.named().filter(|_| matches!(ty, Type::Named(_)))?;
    for _ in 0..types.len() {
        match &types.get(name)?.kind {
            TypeKind::Record(record) => return Some(record),
            TypeKind::Alias(Type::Named(other)) => name = other,
            _ => return None,
        }
    }
    None
}

/// What `x-pagination` says: `style` (`offset`, `cursor` or `page`), the parameter under the
/// style's name, `limit`, `items` and, for a cursor, `next`.
fn told<'a>(
    operation: &Operation,
    record: &'a Record,
    said: &Value,
) -> Option<(PagingStyle, String, &'a Field)> {
    let text = |key: &str| said.get(key).and_then(Value::as_str);
    let style = text("style")?;
    let parameter = text(style)?.to_owned();
    has_query(operation, &parameter).then_some(())?;
    let items = field(record, text("items")?)?;
    let style = match style {
        "offset" => PagingStyle::Offset { limit: text("limit").map(str::to_owned) },
        "cursor" => cursor(field(record, text("next")?)?)?,
        "page" => PagingStyle::Page,
        _ => return None,
    };
    Some((style, parameter, items))
}

fn guessed<'a>(
    operation: &Operation,
    record: &'a Record,
) -> Option<(PagingStyle, String, &'a Field)> {
    let lists: Vec<&Field> =
        record.fields.iter().filter(|field| matches!(field.ty, Type::List(_))).collect();
    let items = match &lists[..] {
        [only] => only,
        several => several.iter().find(|field| ITEMS.contains(&field.key.as_str()))?,
    };
    for (parameter, nexts) in
        CURSORS.iter().filter(|(parameter, _)| has_query(operation, parameter))
    {
        if let Some(style) = nexts.iter().find_map(|next| cursor(field(record, next)?)) {
            return Some((style, (*parameter).to_owned(), items));
        }
    }
    let one_of_several = TOTALS.iter().any(|total| field(record, total).is_some());
    if one_of_several && has_number(operation, "offset") {
        let limit = has_number(operation, "limit").then(|| "limit".to_owned());
        return Some((PagingStyle::Offset { limit }, "offset".to_owned(), items));
    }
    (one_of_several && has_number(operation, "page"))
        .then(|| (PagingStyle::Page, "page".to_owned(), *items))
}

fn field<'a>(record: &'a Record, key: &str) -> Option<&'a Field> {
    record.fields.iter().find(|field| field.key == key)
}

fn cursor(field: &Field) -> Option<PagingStyle> {
    let text = field.ty == Type::String && field.presence != Presence::Constant;
    text.then(|| PagingStyle::Cursor { next: field.name.clone(), presence: field.presence })
}

fn has_query(operation: &Operation, key: &str) -> bool {
    operation.parameters.iter().any(|parameter| is_query(parameter.style) && parameter.key == key)
}

fn has_number(operation: &Operation, key: &str) -> bool {
    let number =
        |ty: &Type| matches!(ty, Type::I32 | Type::I64 | Type::U32 | Type::U64 | Type::F64);
    operation
        .parameters
        .iter()
        .any(|parameter| is_query(parameter.style) && parameter.key == key && number(&parameter.ty))
}

fn is_query(style: ParameterStyle) -> bool {
    matches!(style, ParameterStyle::Query { .. })
}
