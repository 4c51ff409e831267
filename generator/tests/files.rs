//! References to other files, and several documents, all in memory.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use openapi_crate::{
    Outcome,
    config::Config,
    diagnostics::{Code, Diagnostics, Style},
    generate, read_and_repair,
    source::{Files, Input, Refusal, Source},
};
use serde_json::{Value, json};

const START: &str = "openapi: 3.0.3\ninfo: {title: Pets, version: '1'}\npaths: {}\n";

/// The text of the document `api/pets.yaml` with these components, and the files in `api`.
fn input(schemas: &str, files: &[(&str, &str)]) -> Input {
    let text = format!("{START}components: {{schemas: {schemas}}}\n");
    with_files(Input::new(Source::new("api/pets.yaml", text)), files)
}

fn with_files(input: Input, files: &[(&str, &str)]) -> Input {
    let texts = files.iter().map(|(name, text)| {
        // A text that starts with a brace would be JSON.
        let start = if name.ends_with("json") { "" } else { "--- " };
        (format!("api/{name}"), format!("{start}{text}"))
    });
    let mut texts: BTreeMap<String, String> = texts.collect();
    texts.insert("api/pets.yaml".to_owned(), input.document.text().to_owned());
    Input { files: Some(Arc::new(texts)), ..input }
}

/// The components of the document after repairs, and the findings: `code file:line message`.
fn made(input: &Input) -> (Value, Vec<String>) {
    let mut diagnostics = Diagnostics::default();
    let document = read_and_repair(input, &mut diagnostics).unwrap_or_default();
    (document["components"].clone(), said(input, &diagnostics))
}

fn said(input: &Input, diagnostics: &Diagnostics) -> Vec<String> {
    let findings = diagnostics.render_json(input);
    let line = |line: &str| {
        let finding: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        format!("{} {}:{} {}", text("code"), text("file"), finding["line"], text("message"))
    };
    findings.lines().map(line).collect()
}

/// All findings about a document, those of the later stages too.
fn findings(input: &Input) -> Vec<String> {
    let Outcome { diagnostics, .. } = generate(input, &Config::new("pets", "0.1.0").unwrap());
    said(input, &diagnostics)
}

#[test]
fn a_file_has_the_name_that_the_document_gives_it_or_its_own() {
    let input = input(
        "{Dog: {$ref: dog.json}, Hound: {$ref: ./dog.json}, Cat: {properties: {claw: {$ref: parts/claw.yaml}}}}",
        &[
            (
                "dog.json",
                r#"{"type": "object", "properties": {"paw": {"$ref": "parts/paw.yaml#/Paw"}}}"#,
            ),
            ("parts/paw.yaml", "\nPaw: {type: string}\nOther: {type: strange}"),
            (
                "parts/claw.yaml",
                "{type: array, items: {$ref: '../pets.yaml#/components/schemas/Dog'}}",
            ),
        ],
    );
    let (components, findings) = made(&input);
    assert_eq!(findings, Vec::<String>::new());
    assert_eq!(
        components["schemas"],
        json!({
            "Dog": {"type": "object", "properties": {"paw": {"$ref": "#/components/schemas/Paw"}}},
            "Hound": {"$ref": "#/components/schemas/Dog"},
            "Cat": {"properties": {"claw": {"$ref": "#/components/schemas/claw"}}},
            "claw": {"type": "array", "items": {"$ref": "#/components/schemas/Dog"}},
            "Paw": {"type": "string"},
        })
    );
}

#[test]
fn findings_name_the_file_and_its_line() {
    let input = input("{Dog: {$ref: dog.yaml}}", &[("dog.yaml", "# a comment\n{type: strange}\n")]);
    let findings = findings(&input);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].starts_with("repaired-value api/dog.yaml:2 "), "{findings:?}");
    let Outcome { diagnostics, .. } = generate(&input, &Config::new("pets", "0.1.0").unwrap());
    let text = diagnostics.render(&input, Style::default());
    assert!(text.contains("--> api/dog.yaml:2:8"), "{text}");
}

#[test]
fn unresolved_references_are_reported_once_where_they_are() {
    let dog = "\nproperties:\n  paw: {$ref: 'parts.yaml#/Paw'}\n  tail: {$ref: none.yaml}\n  ear: {$ref: '#/Ear'}\n  \
               site: {$ref: 'https://example.com/x.yaml'}\n";
    let parts = "\nTail: {type: string}";
    let input = input("{Dog: {$ref: dog.yaml}}", &[("dog.yaml", dog), ("parts.yaml", parts)]);
    assert_eq!(
        findings(&input),
        [
            "unresolved-reference api/dog.yaml:3 the reference `parts.yaml#/Paw` does not resolve in `api/parts.yaml`",
            "external-reference api/dog.yaml:4 `none.yaml`: no such file",
            "unresolved-reference api/dog.yaml:5 the reference `#/Ear` does not resolve in this file",
            "external-reference api/dog.yaml:6 the reference `https://example.com/x.yaml` is a URL, and URLs are not fetched",
        ]
    );
}

#[test]
fn without_files_a_reference_to_one_is_a_finding() {
    let input = Input { files: None, ..input("{Dog: {$ref: dog.yaml}}", &[]) };
    let findings = findings(&input);
    assert_eq!(
        findings,
        ["external-reference api/pets.yaml:4 the reference `dog.yaml` points outside the document"]
    );
}

#[test]
fn circles_end() {
    for (schemas, files) in [
        ("{Self: {$ref: self.yaml}}", &[("self.yaml", "{$ref: self.yaml}")][..]),
        ("{Self: {$ref: 'self.yaml#/a/b'}}", &[("self.yaml", "{a: {$ref: 'self.yaml#/a/b'}}")]),
        ("{A: {$ref: a.yaml}}", &[("a.yaml", "{$ref: b.yaml}"), ("b.yaml", "{$ref: a.yaml}")]),
        ("{$ref: a.yaml}", &[("a.yaml", "{$ref: b.yaml}"), ("b.yaml", "{$ref: a.yaml}")]),
        ("{$ref: none.yaml}", &[]),
        ("{A: {properties: {$ref: a.yaml}}}", &[("a.yaml", "{$ref: a.yaml}")]),
        ("{A: {properties: {$ref: a.yaml}}}", &[("a.yaml", "{x: {properties: {$ref: a.yaml}}}")]),
        ("{A: {allOf: {$ref: a.yaml}}}", &[("a.yaml", "[{allOf: {$ref: a.yaml}}]")]),
    ] {
        let findings = findings(&input(schemas, files));
        assert!(!findings.is_empty() && findings.len() < 4, "{schemas}: {findings:?}");
    }
    // A schema may hold itself.
    let list = ("list.yaml", "{type: object, properties: {next: {$ref: list.yaml}}}");
    assert_eq!(findings(&input("{List: {$ref: list.yaml}}", &[list])), Vec::<String>::new());
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_in_that_file() {
    let input = input("{A: {$ref: a.yaml}, B: {$ref: a.yaml}}", &[("a.yaml", "{type: [string")]);
    let findings = findings(&input);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].starts_with("syntax api/a.yaml:1 "), "{findings:?}");
}

#[test]
fn examples_are_values() {
    let schemas =
        "{A: {type: object, example: {$ref: none.yaml}, properties: {$ref: {type: string}}}}";
    assert_eq!(findings(&input(schemas, &[])), Vec::<String>::new());
}

#[test]
fn parts_of_a_file_that_is_a_schema_are_reached_in_it() {
    let dog =
        "{type: object, properties: {paw: {type: object}}, definitions: {Ear: {type: string}}}";
    let (components, _) = made(&input(
        "{Paw: {type: array, items: {$ref: 'dog.yaml#/properties/paw'}}, Hound: {properties: {a: {$ref: dog.yaml}, e: {$ref: 'dog.yaml#/definitions/Ear'}}}}",
        &[("dog.yaml", dog)],
    ));
    let schemas = components["schemas"].as_object().unwrap();
    let names: Vec<&String> = schemas.keys().collect();
    assert_eq!(names, ["Paw", "Hound", "Ear", "dog", "DogPaw"]);
    assert_eq!(schemas["dog"]["properties"]["paw"], json!({"$ref": "#/components/schemas/DogPaw"}));
}

#[test]
fn equal_names_get_their_folders_as_prefixes() {
    let (components, findings) = made(&input(
        "{error: {type: string}, All: {oneOf: [{$ref: a/x/error.yaml}, {$ref: b/x/error.yaml}, {$ref: 'x/index.yaml'}]}}",
        &[
            ("a/x/error.yaml", "{type: integer}"),
            ("b/x/error.yaml", "{type: boolean}"),
            ("x/index.yaml", "{type: number}"),
        ],
    ));
    let names: Vec<&String> = components["schemas"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["error", "All", "a_x_error", "b_x_error", "x"]);
    assert_eq!(
        findings[0],
        "name-collision api/a/x/error.yaml:1 `error` is already defined in another file: this one is named `a_x_error`"
    );
}

#[test]
fn a_mapping_of_a_discriminator_may_name_files() {
    let (components, findings) = made(&input(
        "{Pet: {oneOf: [{$ref: cat.yaml}, {$ref: dog.yaml}], discriminator: {propertyName: kind, mapping: {cat: cat.yaml, dog: './dog.yaml#'}}}}",
        &[
            ("cat.yaml", "{type: object, properties: {kind: {type: string}}}"),
            ("dog.yaml", "{type: object, properties: {kind: {type: string}}}"),
        ],
    ));
    assert_eq!(findings, Vec::<String>::new());
    assert_eq!(
        components["schemas"]["Pet"]["discriminator"]["mapping"],
        json!({"cat": "#/components/schemas/cat", "dog": "#/components/schemas/dog"})
    );
}

#[test]
fn sections_may_be_in_other_files() {
    let start = START.replace("paths: {}", "paths: {$ref: paths.yaml}");
    let document = |name: &str, components: &str| {
        Source::new(format!("api/{name}"), format!("{start}components: {components}\n"))
    };
    let files = [
        (
            "paths.yaml",
            "{/a: {get: {operationId: a, responses: {'200': {$ref: 'all.yaml#/responses/A'}}}}}",
        ),
        (
            "all.yaml",
            "{schemas: {$ref: schemas.yaml}, responses: {A: {description: a, content: {application/json: {schema: {$ref: 'schemas.yaml#/A'}}}}}}",
        ),
        ("schemas.yaml", "{A: {$ref: a.yaml}, B: {type: array, items: {$ref: '#/A'}}}"),
        ("a.yaml", "{type: string}"),
    ];
    let mut input = with_files(Input::new(document("one.yaml", "{$ref: all.yaml}")), &files);
    input.others.push(document("two.yaml", "{schemas: {$ref: schemas.yaml}}"));
    let mut diagnostics = Diagnostics::default();
    let document = read_and_repair(&input, &mut diagnostics).unwrap();
    assert_eq!(said(&input, &diagnostics), Vec::<String>::new());
    assert_eq!(
        document["components"],
        json!({
            "schemas": {"A": {"type": "string"}, "B": {"type": "array", "items": {"$ref": "#/components/schemas/A"}}},
            "responses": {"A": {"description": "a", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}},
        })
    );
    assert_eq!(document["paths"].as_object().unwrap().len(), 1);
    assert_eq!(
        document["paths"]["/a"]["get"]["responses"]["200"]["$ref"],
        "#/components/responses/A"
    );
}

#[test]
fn overlays_and_names_apply_to_other_files() {
    let mut input = input(
        "{Dog: {$ref: dog.yaml}}",
        &[("dog.yaml", "{type: object, properties: {ear: {type: string}}}")],
    );
    let overlay = "overlay: 1.0.0\ninfo: {title: a, version: '1'}\nactions:\n\
                   - target: $.components.schemas.Dog.properties.ear\n  update: {format: date}\n";
    input.overlays.push(Source::new("overlay.yaml", overlay));
    input.names = Some(Source::new("names.yaml", "names: {schemas: {Dog: Hound}}"));
    let outcome = generate(&input, &Config::new("pets", "0.1.0").unwrap());
    assert_eq!(said(&input, &outcome.diagnostics), Vec::<String>::new());
    let outline = outcome.outline.unwrap();
    let ear = "/components/schemas/Dog/properties/ear";
    assert_eq!(outline.type_of("/components/schemas/Dog").as_deref(), Some("types::Hound"));
    assert_eq!(outline.type_of(ear).as_deref(), Some("Date"));
}

#[test]
fn path_items_are_copied_within_bounds() {
    let item = "get: {operationId: get, responses: {'204': {description: Done}}}";
    let paths = |count: usize| {
        let paths: Vec<String> =
            (0..count).map(|number| format!("/{number}: {{$ref: item.yaml}}")).collect();
        START.replace("{}", &format!("{{{}}}", paths.join(", ")))
    };
    let input = |count, item: &str| {
        with_files(Input::new(Source::new("api/pets.yaml", paths(count))), &[("item.yaml", item)])
    };
    let mut diagnostics = Diagnostics::default();
    let document = read_and_repair(&input(2, &format!("{{{item}}}")), &mut diagnostics).unwrap();
    assert_eq!(document["paths"]["/0"], document["paths"]["/1"]);
    assert_eq!(document["paths"]["/1"]["get"]["operationId"], "get");
    // Four megabytes, thirty times.
    let long = format!("{{{item}, description: {}}}", "a".repeat(4 << 20));
    let input = input(30, &long);
    let mut diagnostics = Diagnostics::default();
    let document = read_and_repair(&input, &mut diagnostics).unwrap();
    assert_eq!(document["paths"]["/0"]["get"]["operationId"], "get");
    let said = said(&input, &diagnostics);
    assert!(
        said.len() > 10 && said.iter().all(|line| line.starts_with("too-complex api/pets.yaml"))
    );
    // A path item that is its own is none.
    let mut diagnostics = Diagnostics::default();
    let own = with_files(
        Input::new(Source::new("api/pets.yaml", paths(1))),
        &[("item.yaml", "{$ref: item.yaml}")],
    );
    let _ = read_and_repair(&own, &mut diagnostics);
    assert_eq!(diagnostics.findings()[0].code, Code::CircularReference);
}

/// A file without end of another name each time, and one that is asked for often.
struct Endless {
    found: AtomicUsize,
    read: AtomicUsize,
}

impl Files for Endless {
    fn find(&self, _: &str, path: &str) -> Result<String, Refusal> {
        self.found.fetch_add(1, Ordering::Relaxed);
        Ok(path.to_owned())
    }

    fn read(&self, name: &str, longest: usize) -> Result<String, Refusal> {
        let number = self.read.fetch_add(1, Ordering::Relaxed);
        match name {
            "large.yaml" if longest < 40 << 20 => Err(Refusal::new("it is too large")),
            "large.yaml" | "huge.yaml" => {
                Ok(format!(r#"{{"type": "string", "title": "{}"}}"#, "a".repeat(40 << 20)))
            }
            "often.yaml" => Ok("type: string".to_owned()),
            _ => Ok(format!("properties: {{next: {{$ref: {number}.yaml}}}}")),
        }
    }
}

fn endless(schemas: &str) -> (Arc<Endless>, Vec<String>) {
    let files = Arc::new(Endless { found: AtomicUsize::new(0), read: AtomicUsize::new(0) });
    let input = Input { files: Some(Arc::<Endless>::clone(&files)), ..input(schemas, &[]) };
    let (_, findings) = made(&input);
    (files, findings)
}

#[test]
fn a_file_is_read_once_however_often_it_is_referred_to() {
    let references: Vec<String> =
        (0..100_000).map(|number| format!("p{number}: {{$ref: often.yaml}}")).collect();
    let (files, findings) =
        endless(&format!("{{A: {{properties: {{{}}}}}}}", references.join(", ")));
    assert_eq!(findings, Vec::<String>::new());
    assert_eq!((files.found.load(Ordering::Relaxed), files.read.load(Ordering::Relaxed)), (1, 1));
}

#[test]
fn endless_chains_of_files_are_cut() {
    let (files, findings) = endless("{A: {$ref: a.yaml}}");
    assert!(files.read.load(Ordering::Relaxed) <= 10_000);
    let last =
        "too-complex 9999.yaml:1 `9999.yaml`: too many files (10000 have been read)".to_owned();
    assert!(
        findings.len() == 1 && findings[0].ends_with("too many files (10000 have been read)"),
        "{findings:?} {last}"
    );
}

#[test]
fn files_are_read_up_to_a_size_in_all() {
    let (_, findings) = endless("{A: {$ref: huge.yaml}, B: {$ref: large.yaml}}");
    assert_eq!(findings, ["external-reference api/pets.yaml:4 `large.yaml`: it is too large"]);
}

/// Documents by their names and what they have beside the start.
fn documents(texts: &[(&str, &str)]) -> Input {
    let mut sources =
        texts.iter().map(|(name, text)| Source::new(*name, format!("{START}{text}\n")));
    let input = Input::new(sources.next().unwrap());
    Input { others: sources.collect(), ..input }
}

#[test]
fn equal_components_of_several_documents_are_one() {
    let one = "components: {schemas: {A: {type: object, properties: {b: {$ref: '#/components/schemas/B'}}}, B: {type: string}, C: {type: integer}}}";
    let other = "components: {schemas: {B: {type: string, description: b, x-y: 1}, A: {properties: {b: {$ref: '#/components/schemas/B'}}, type: object}, C: {type: boolean}}}";
    let (components, findings) = made(&documents(&[("one.yaml", one), ("two.yaml", other)]));
    let names: Vec<&String> = components["schemas"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["A", "B", "C", "two_C"]);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].starts_with("name-collision two.yaml:4 "), "{findings:?}");
}

#[test]
fn components_with_different_references_are_not_equal() {
    let document = |kind: &str| {
        format!(
            "components: {{schemas: {{A: {{properties: {{b: {{$ref: '#/components/schemas/B'}}}}}}, \
             B: {{properties: {{a: {{$ref: '#/components/schemas/A'}}, c: {{$ref: '#/components/schemas/C'}}}}}}, C: {{type: {kind}}}}}}}"
        )
    };
    let one = document("string");
    let two = document("integer");
    let three = document("integer");
    let texts = [("one.yaml", &*one), ("two.yaml", &two), ("three.yaml", &three)];
    let (components, _) = made(&documents(&texts));
    let names: Vec<&String> = components["schemas"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["A", "B", "C", "three_A", "three_B", "three_C"]);
    let turned = [texts[0], texts[2], texts[1]];
    assert_eq!(made(&documents(&turned)).0, components);
}

#[test]
fn servers_and_security_stay_with_their_operations() {
    let one = "servers: [{url: 'https://one.example'}]\nsecurity: [{key: []}]\ncomponents: {securitySchemes: {key: {type: http, scheme: basic}}}";
    let two = "paths: {/b: {get: {responses: {}}}, /c: {get: {security: [{key: []}], servers: [{url: /c}], responses: {}}}}\n";
    let two = START.replace("paths: {}\n", two);
    let mut input = documents(&[("one.yaml", one)]);
    input.others.push(Source::new("two.yaml", two));
    let document = read_and_repair(&input, &mut Diagnostics::default()).unwrap();
    assert_eq!(document["paths"]["/b"]["servers"], json!([{"url": "/"}]));
    assert_eq!(document["paths"]["/b"]["get"]["security"], json!([]));
    assert_eq!(document["paths"]["/c"]["get"]["servers"], json!([{"url": "/c"}]));
    assert_eq!(document["security"], json!([{"key": []}]));
}

#[test]
fn each_document_is_read_by_the_rules_of_its_version() {
    let mut input = documents(&[("one.yaml", "")]);
    input.others.push(Source::new("two.yaml", "swagger: '2.0'\n"));
    let outcome = generate(&input, &Config::new("pets", "0.1.0").unwrap());
    assert!(outcome.package.is_none());
    let finding = &outcome.diagnostics.findings()[0];
    assert_eq!(finding.code, Code::UnsupportedVersion);
    assert!(said(&input, &outcome.diagnostics)[0].contains("two.yaml:1"));
}

#[test]
fn a_file_is_found_by_the_name_that_it_gives_itself() {
    let pet = r#"{"$id": "https://example.com/schemas/pet.json", "properties": {"owner": {"$ref": "https://example.com/people/owner.json#/$defs/name"}, "toy": {"$ref": "https://other.example/toy"}}}"#;
    let owner = r#"{"$id": "https://example.com/people/owner.json", "$defs": {"name": {"type": "string", "maxLength": 9}, "pet": {"$ref": "https://example.com/schemas/pet.json"}}}"#;
    let input = input(
        "{Dog: {$ref: schemas/pet.json}, Owned: {$ref: 'people/owner.json#/$defs/pet'}}",
        &[("schemas/pet.json", pet), ("people/owner.json", owner)],
    );
    let (components, said) = made(&input);
    let schemas = &components["schemas"];
    let dog = json!({"$ref": "#/components/schemas/Dog"});
    assert_eq!(schemas["Owned"], dog, "{said:#?}");
    let owner = schemas["Dog"]["properties"]["owner"]["$ref"].as_str().unwrap();
    let name = components.pointer(owner.strip_prefix("#/components").unwrap()).unwrap();
    assert_eq!(*name, json!({"type": "string", "maxLength": 9}));
    let toy = json!({"$ref": "https://other.example/toy"});
    assert_eq!(schemas["Dog"]["properties"]["toy"], toy);
    assert!(said.is_empty(), "{said:#?}");
}
