//! What once failed.

use crate::promise;

const START: &str =
    r##"{"openapi": "3.0.3", "info": {"title": "a", "version": "1"}, "paths": {}, "##;

#[test]
fn a_union_that_contains_itself_has_a_tag() {
    for member in ["{}", r##"{"$ref": "#/components/schemas/A"}"##] {
        let schema = format!(
            r##"{{"anyOf": [{{"$ref": "#/components/schemas/A"}}, {member}], "discriminator": {{"propertyName": "type"}}}}"##
        );
        assert!(promise::keeps(&format!(
            r#"{START}"components": {{"schemas": {{"A": {schema}}}}}}}"#
        )));
    }
}

#[test]
fn a_document_is_no_reference() {
    for reference in ["\"#/components/schemas/A\"", "\"other.yaml\"", "7"] {
        let text = format!(r#"{START}"$ref": {reference}, "components": {{"schemas": {{}}}}}}"#);
        assert!(promise::keeps(&text), "{text}");
    }
}
