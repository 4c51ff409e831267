//! Names that the user gives, by an overlay's `x-rust-name` or by the configuration file.

use openapi_crate::{
    Outcome,
    config::Config,
    diagnostics::Style,
    generate,
    source::{Input, Source},
};

/// A document with enough operations for modules of their own.
fn document() -> String {
    let paths: String = (0..13)
        .map(|number| {
            let tag = if number < 6 { "Pet Store!" } else { "owners" };
            format!(
                "  /things{number}/{{thingId}}:\n    get:\n      operationId: getThing{number}\n      tags: [{tag}]\n      \
                 parameters: [{{name: thingId, in: path, required: true, schema: {{type: string}}}}, {{$ref: '#/components/parameters/Page'}}]\n      \
                 responses: {{'200': {{description: OK, content: {{application/json: {{schema: {{$ref: '#/components/schemas/Pet--Full'}}}}}}}}}}\n"
            )
        })
        .collect();
    format!(
        "openapi: 3.0.3\ninfo: {{title: Pets, version: '1'}}\nservers: [{{url: 'https://pets.example/v1'}}]\npaths:\n{paths}\
         components:\n  parameters:\n    Page: {{name: 'page[no]', in: query, schema: {{type: integer}}}}\n  \
         schemas:\n    Pet:\n      type: object\n      properties:\n        type: {{type: string, enum: [a, b]}}\n        home: {{type: object, properties: {{city: {{type: string}}}}}}\n    \
         Pet--Full: {{allOf: [{{$ref: '#/components/schemas/Pet'}}, {{type: object, properties: {{owner.name: {{type: string}}}}}}]}}\n    \
         Choice: {{oneOf: [{{type: object, required: [x], properties: {{x: {{type: string}}}}}}, {{type: string}}]}}\n"
    )
}

/// All that is emitted, without the runtime.
#[track_caller]
fn emitted(input: &Input) -> String {
    let Outcome { package, diagnostics, .. } =
        generate(input, &Config::new("pets", "0.1.0").unwrap());
    let findings = diagnostics.render(input, Style::default());
    let package = package.unwrap_or_else(|| panic!("{findings}"));
    let files = package.files.iter().filter(|(name, _)| !name.contains("runtime"));
    files.map(|(name, text)| format!("// {name}\n{text}")).collect()
}

#[track_caller]
fn check(text: &str) {
    for expected in [
        "pub struct FullPet",
        "pub struct Kennel",
        "pub kind: Option<Kind>",
        "pub owner_called: ",
        "pub fn fetch(",
        "id: ",
        "page_number",
        "// src/operations/store.rs",
        "static PRODUCTION: Server",
        "struct StoreApi",
        "Words(String)",
    ] {
        assert!(text.contains(expected), "no {expected} in {text}");
    }
    for gone in ["PetFull", "pub fn get_thing0(", "pub mod pet_store", "page_no"] {
        assert!(!text.contains(gone), "{gone} in {text}");
    }
}

#[test]
fn a_configuration_file_can_name_everything() {
    let names = "names:\n  schemas: {Pet--Full: FullPet}\n  \
        properties: {Pet.type: kind, Pet.home: kennel, Pet--Full.owner.name: owner_called}\n  \
        operations: {getThing0: fetch, 'GET /things1/{thingId}': fetch_other}\n  \
        parameters: {getThing0.thingId: id, 'getThing0.page[no]': page_number}\n  \
        tags: {Pet Store!: store}\n  servers: {'https://pets.example/v1': production}\n  \
        /components/schemas/Choice/oneOf/1: Words\n";
    let mut input = Input::new(Source::new("pets.yaml", document()));
    input.names = Some(Source::new("config.yaml", names));
    check(&emitted(&input));
}

#[test]
fn an_overlay_can_name_everything() {
    let actions: String = [
        ("$.components.schemas['Pet--Full']", "FullPet"),
        ("$.components.schemas.Pet.properties.type", "kind"),
        ("$.components.schemas.Pet.properties.home", "kennel"),
        ("$.components.schemas['Pet--Full'].allOf[1].properties['owner.name']", "owner_called"),
        ("$.paths['/things0/{thingId}'].get", "fetch"),
        ("$.paths['/things0/{thingId}'].get.parameters[0]", "id"),
        ("$.components.parameters.Page", "page_number"),
        ("$.tags[0]", "store"),
        ("$.servers[0]", "production"),
        ("$.components.schemas.Choice.oneOf[1]", "Words"),
    ]
    .map(|(target, name)| format!("- target: \"{target}\"\n  update: {{x-rust-name: {name}}}\n"))
    .concat();
    let overlay = format!(
        "overlay: 1.0.0\ninfo: {{title: Names, version: 1.0.0}}\nactions:\n\
         - target: $\n  update: {{tags: [{{name: Pet Store!}}]}}\n{actions}\
         - target: $.components.schemas.Pet.properties.type\n  update: {{x-enum-varnames: [First, Second]}}\n"
    );
    let mut input = Input::new(Source::new("pets.yaml", document()));
    input.overlays.push(Source::new("overlay.yaml", overlay));
    let text = emitted(&input);
    check(&text);
    assert!(text.contains("First = \"a\"") && text.contains("Second = \"b\""), "{text}");
}

/// What a client is configured by, of a document with its servers and operations in this order.
fn configuration(reversed: bool) -> Vec<String> {
    let mut servers = [
        "{url: 'https://a.example/v1'}",
        "{url: 'https://a.example/v2'}",
        "{url: 'https://{host-name}.example', variables: {host-name: {default: b}}}",
        "{url: 'https://{host_name}.example', variables: {host_name: {default: c}}}",
    ];
    let mut paths: Vec<String> = ["key-a", "key_a", "host_name"]
        .iter()
        .enumerate()
        .map(|(at, scheme)| {
            format!(
                "  /{at}: {{get: {{operationId: get{at}, security: [{{{scheme}: []}}], \
                 responses: {{'204': {{description: Done}}}}}}}}\n"
            )
        })
        .collect();
    if reversed {
        servers.reverse();
        paths.reverse();
    }
    let scheme = "{type: apiKey, in: header, name: X-Key}";
    let document = format!(
        "openapi: 3.0.3\ninfo: {{title: Pets, version: '1'}}\nservers: [{}]\npaths:\n{}\
         components: {{securitySchemes: {{key-a: {scheme}, key_a: {scheme}, host_name: {scheme}}}}}\n",
        servers.join(", "),
        paths.concat()
    );
    let text = emitted(&Input::new(Source::new("pets.yaml", document)));
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let items = lines
        .windows(2)
        .filter(|pair| pair[0].starts_with("pub static ") || pair[0].starts_with("pub fn "));
    let mut pairs: Vec<String> = items.map(|pair| pair.join(" ")).collect();
    pairs.sort();
    pairs
}

#[test]
fn names_of_servers_and_credentials_do_not_depend_on_the_order() {
    let names = configuration(false);
    assert_eq!(names, configuration(true));
    assert!(names.len() >= 9, "{names:#?}");
    let all = names.concat();
    for expected in ["A_EXAMPLE_V1", "A_EXAMPLE_V2", "host_name_credential"] {
        assert!(all.contains(expected), "no {expected} in {all}");
    }
}

/// Who uses the errors of an operation needs not change when another one has the like.
#[test]
fn errors_are_named_after_their_operation() {
    let text = include_str!("fixtures/shared_errors.yaml");
    let emit = |text: &str| emitted(&Input::new(Source::new("errors.yaml", text)));
    let all = emit(text);
    let alone = |operation: &str| {
        let mut lines = text.lines().take_while(|line| !line.starts_with("    delete:"));
        let mut alone: String = lines.by_ref().flat_map(|line| [line, "\n"]).collect();
        alone += "components: {schemas: {Cat: {type: object, required: [name], properties: {name: {type: string}}}}}\n";
        emit(&alone.replace("operationId: cat", &format!("operationId: {operation}")))
    };
    for (operation, name) in [("cat", "Cat"), ("drop_cat", "DropCat")] {
        let alone = alone(operation);
        for (kind, suffix) in
            [("enum", "Error"), ("struct", "Error400"), ("struct", "Error400More")]
        {
            let name = format!("{name}{suffix}");
            assert!(alone.contains(&format!("pub {kind} {name} ")), "no {name} in {alone}");
            let others = [format!("pub type {name} = "), format!(" as {name};\n")];
            assert!(others.iter().any(|other| all.contains(other)), "no {name} in {all}");
        }
    }
}
