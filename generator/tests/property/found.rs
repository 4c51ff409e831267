//! What once failed.

use crate::promise;

const START: &str =
    r##"{"openapi": "3.0.3", "info": {"title": "a", "version": "1"}, "paths": {}, "##;

#[test]
fn a_union_that_contains_itself_has_a_tag() {
    let with = |member: &str| {
        let schema = format!(
            r##"{{"anyOf": [{{"$ref": "#/components/schemas/A"}}, {member}], "discriminator": {{"propertyName": "type"}}}}"##
        );
        promise::keeps(&format!(r#"{START}"components": {{"schemas": {{"A": {schema}}}}}}}"#))
    };
    assert!(with("{}"));
    // A union of nothing but itself has no values: an error.
    assert!(!with(r##"{"$ref": "#/components/schemas/A"}"##));
}

#[test]
fn a_document_that_is_a_reference_is_refused() {
    for reference in ["\"#/components/schemas/A\"", "\"other.yaml\"", "7"] {
        let text = format!(r#"{START}"$ref": {reference}, "components": {{"schemas": {{}}}}}}"#);
        assert!(promise::keeps(&text), "{text}");
    }
}

/// Documents whose schemas build on one another without end, or multiply.
#[test]
fn chains_of_schemas_are_finite() {
    let to = |name: &str| format!(r##"{{"$ref": "#/components/schemas/{name}"}}"##);
    let with = |key: &str, schema: &str| format!(r#"{{"properties": {{"{key}": {schema}}}}}"#);
    let chain = |link: &dyn Fn(usize) -> String, length: usize| {
        let links = (0..length).map(|at| format!(r#""A{at}": {}"#, link(at)));
        links.chain([format!(r#""A{length}": {}"#, with("x", "{}"))]).collect::<Vec<_>>().join(",")
    };
    let a = |at: usize| to(&format!("A{at}"));
    let itself = to("A");
    let other = to("B");
    let schemas = [
        // A union of itself and of what stands beside it.
        format!(r#""A": {{"allOf": [{{"anyOf": [{itself}]}}, {}]}}"#, with("p", "{}")),
        // A property that two members declare, in other ways at every step.
        format!(
            r#""A": {{"allOf": [{}, {}]}}, "B": {}"#,
            with("p", &itself),
            with("p", &other),
            with("p", &itself)
        ),
        // Twice as many alternatives at every step.
        chain(
            &|at| {
                let member = with(&format!("m{at}"), "{}");
                let next = a(at + 1);
                format!(
                    r#"{{"properties": {{"p{at}": {{}}}}, "anyOf": [{next}, {{"allOf": [{member}, {next}]}}]}}"#
                )
            },
            30,
        ),
        // Twice as many ways to the end at every step.
        chain(&|at| format!(r#"{{"allOf": [{0}, {{"allOf": [{0}]}}]}}"#, a(at + 1)), 40),
        chain(&|at| format!(r#"{{"oneOf": [{0}, {{"oneOf": [{0}]}}]}}"#, a(at + 1)), 40),
        // Long ways.
        chain(&|at| format!(r#"{{"allOf": [{}]}}"#, a(at + 1)), 400),
        chain(&|at| format!(r#"{{"anyOf": [{}, {{"type": "string"}}]}}"#, a(at + 1)), 400),
        chain(&|at| with("p", &a(at + 1)), 400),
        chain(&|at| a(at + 1), 400),
    ];
    for schemas in schemas {
        assert!(
            promise::keeps(&format!(r#"{START}"components": {{"schemas": {{{schemas}}}}}}}"#)),
            "{schemas}"
        );
    }
}
