//! Where the operations, types and webhooks of a crate stand, in the crate and in the document.

use std::fs;
use std::path::Path;

use openapi_crate::{
    Item, ItemKind, Outcome,
    config::Config,
    diagnostics::Pointer,
    generate,
    source::{Input, Source},
};

fn outcome(input: &Input) -> Outcome {
    generate(input, &Config::new("example", "0.1.0").unwrap())
}

/// The items of a crate, each with the line that begins it.
fn items(found: &Outcome) -> Vec<(Item, String)> {
    let package = found.package.as_ref().unwrap();
    let items = found.outline.as_ref().unwrap().items(package).into_iter();
    let begun = items.map(|item| {
        let line = package.files[&item.file].lines().nth(item.line - 1).unwrap().trim().to_owned();
        (item, line)
    });
    begun.collect()
}

#[test]
fn every_item_of_every_fixture_is_found_in_the_crate() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let found = outcome(&Input::new(Source::new("document", text)));
        if found.package.is_none() {
            continue;
        }
        for (item, line) in items(&found) {
            let name = &item.name;
            let begins = match item.kind {
                ItemKind::Operation => {
                    vec![format!("pub fn {name}("), format!("pub fn r#{name}(")]
                }
                ItemKind::Struct | ItemKind::Webhook => vec![format!("pub struct {name}")],
                ItemKind::Enum => vec![format!("pub enum {name}")],
                ItemKind::Alias => vec![format!("pub type {name}"), "pub use ".to_owned()],
            };
            let is_named = !line.starts_with("pub use ") || line.ends_with(&format!(" as {name};"));
            assert!(
                is_named && begins.iter().any(|begin| line.starts_with(begin)),
                "{}: {name} is not at {}:{}: {line}",
                path.display(),
                item.file,
                item.line
            );
            assert!(item.kind != ItemKind::Operation || item.pointer.is_some());
            count += 1;
        }
    }
    assert!(count > 500, "{count} items");
}

const DOCUMENT: &str = "\
openapi: 3.1.0
info: {title: Shop, version: '1'}
tags: [{name: list}]
paths:
  /pets:
    get: {operationId: list, tags: [list], responses: {'200': {description: 'Häschen'}}}
  /owners:
    get: {operationId: list, tags: [owners], responses: {'200': {description: ''}}}
webhooks:
  sold:
    post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}
components:
  schemas:
    Pet: {type: object, properties: {kind: {enum: [cat, dog]}}}
";

#[test]
fn an_item_leads_to_its_place_in_the_document() {
    let mut input = Input::new(Source::new("shop.yaml", DOCUMENT));
    input.overlays.push(Source::new(
        "overlay.yaml",
        "overlay: 1.0.0\ninfo: {title: o, version: '1'}\nactions:\n- target: $.components.schemas\n  update: {Added: {type: object, properties: {a: {type: string}}}}\n",
    ));
    let found = outcome(&input);
    let items = items(&found);
    let pointers: Vec<Pointer> =
        items.iter().map(|(item, _)| item.pointer.clone().unwrap()).collect();
    let located = found.diagnostics.locate(&input, &pointers);
    let texts = [input.document.text(), input.overlays[0].text()];
    let told: Vec<String> = items
        .iter()
        .zip(located)
        .map(|((item, _), location)| {
            let text = texts[usize::from(location.file == "overlay.yaml")];
            let extent = &text[location.extent];
            format!("{} {} {}", item.kind.name(), item.name, extent.lines().next().unwrap())
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_finding_has_its_place() {
    let input = Input::new(Source::new("shop.yaml", DOCUMENT));
    let found = outcome(&input);
    let located = found.diagnostics.locate_findings(&input);
    let marked: Vec<(&str, &str)> = located
        .iter()
        .map(|(finding, location)| (finding.code.name(), &DOCUMENT[location.mark.clone()]))
        .collect();
    assert!(marked.contains(&("duplicate-operation-id", "list")), "{marked:?}");
}
