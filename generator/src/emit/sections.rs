//! What an operation's documentation says of its arguments, its response and its errors.

use super::code::write_on_one_line;
use super::response;
use crate::model::{Doc, Errors, Operation, Outcome, Payload, Status, Type};
use crate::prose;

/// Lines of documentation, each section behind a blank line; none where the document says nothing.
pub(crate) fn doc_sections(operation: &Operation) -> Vec<String> {
    let mut lines = arguments_section(operation);
    lines.extend(response_section(operation));
    lines.extend(errors_section(operation));
    lines
}

fn arguments_section(operation: &Operation) -> Vec<String> {
    let parameters = operation.parameters.iter().filter(|parameter| parameter.required);
    let mut items: Vec<(&str, &Doc)> =
        parameters.map(|parameter| (&*parameter.name.0, &parameter.doc)).collect();
    let body = operation.body.as_ref().filter(|body| body.required);
    items.extend(body.map(|body| ("body", &body.doc)));
    items.retain(|(_, doc)| !doc.lines.is_empty());
    let items = items.into_iter().flat_map(|(name, doc)| list_item(&prose::code_span(name), doc));
    make_section("# Arguments", items.collect())
}

/// What an operation gives, which its signature does not say: that names the request.
fn response_section(operation: &Operation) -> Vec<String> {
    let doc = match &operation.outcome {
        Outcome::One(response) if response.payload == Payload::Empty => {
            return make_section("# Response", response.doc.lines.clone());
        }
        Outcome::One(response) => &response.doc,
        // Its variants have the rest.
        Outcome::Several(..) => &Doc::default(),
    };
    let named = match &operation.outcome {
        Outcome::One(response) => match &response.payload {
            Payload::Json(ty) => Some(ty),
            _ => None,
        },
        Outcome::Several(name, _) => {
            return make_section("# Response", vec![format!("[`{}`].", name.0)]);
        }
    };
    let output = write_on_one_line(&response::output_type(&operation.outcome));
    // A link and a colon at the beginning of a line would define what the link is short for.
    let lines = describe_item(&format!("The body is {}", link_type(&output, named)), doc, "");
    make_section("# Response", lines)
}

fn errors_section(operation: &Operation) -> Vec<String> {
    let body = write_on_one_line(&response::error_type(operation));
    let body = match &operation.errors {
        Errors::One(ty) => Some(link_type(&body, Some(ty))),
        Errors::Several(name, _) => Some(format!("[`{}`]", name.0)),
        Errors::Undocumented => None,
    };
    let mut lines: Vec<String> =
        body.map(|body| format!("The body is {body}.")).into_iter().collect();
    let mut same: Vec<(Vec<String>, &Doc)> = Vec::new();
    for (status, doc) in &operation.error_docs {
        match same.iter_mut().find(|(_, known)| *known == doc) {
            Some((statuses, _)) => statuses.push(status_words(*status)),
            None => same.push((vec![status_words(*status)], doc)),
        }
    }
    if !lines.is_empty() && !same.is_empty() {
        lines.push(String::new());
    }
    lines.extend(same.iter().flat_map(|(statuses, doc)| list_item(&statuses.join(", "), doc)));
    make_section("# Errors", lines)
}

fn status_words(status: Status) -> String {
    match status {
        Status::Code(code) => code.to_string(),
        Status::Range(class) => format!("{class}xx"),
        Status::Default => "any other".to_owned(),
    }
}

/// A type as code, and as a link where it is one of the crate.
fn link_type(written: &str, ty: Option<&Type>) -> String {
    match ty {
        Some(Type::Named(_)) => format!("[`{written}`]"),
        _ => prose::code_span(written),
    }
}

fn make_section(heading: &str, lines: Vec<String>) -> Vec<String> {
    if lines.is_empty() {
        return lines;
    }
    let mut section = vec![String::new(), heading.to_owned(), String::new()];
    section.extend(lines);
    section
}

/// An item of a list.
fn list_item(head: &str, doc: &Doc) -> Vec<String> {
    let mut lines = describe_item(head, doc, "  ");
    if let Some(first) = lines.first_mut() {
        *first = format!("- {first}");
    }
    lines
}

/// What the document says of something, behind what that is.
/// A line behind an indent; an empty one has none.
fn indent_line(indent: &str, line: &str) -> String {
    match line.is_empty() {
        true => String::new(),
        false => format!("{indent}{line}"),
    }
}

fn describe_item(head: &str, doc: &Doc, indent: &str) -> Vec<String> {
    let Some((first, rest)) = doc.lines.split_first() else { return vec![format!("{head}.")] };
    if !is_words(first) {
        // A list, a table or code begins on a line of its own.
        let mut lines = vec![format!("{head}:"), String::new()];
        lines.extend(doc.lines.iter().map(|line| indent_line(indent, line)));
        return lines;
    }
    let mut lines = vec![format!("{head}: {first}")];
    lines.extend(rest.iter().map(|line| indent_line(indent, line)));
    lines
}

/// Whether a line is the beginning of a paragraph, and no other block of Markdown.
fn is_words(line: &str) -> bool {
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = number.len() < line.len() && number.starts_with(['.', ')']);
    let begins = |c: char| c.is_alphanumeric() || "`\\([\"'_".contains(c);
    line.starts_with(begins) && !numbered && !line.starts_with("```")
}
