//! Documents with more types than one file should have.

use openapi_crate::{
    config::{Config, When},
    generate,
    source::{Input, Source},
};
use serde_json::{Map, Value, json};

/// A document with two tags, each with eight operations, which all use so many types.
fn document(types: usize) -> String {
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let named = |number: usize| (format!("T{number:04}"), schema.clone());
    let mut schemas: Map<String, Value> = (0..types - 1).map(named).collect();
    let reference = |name: &String| json!({"$ref": format!("#/components/schemas/{name}")});
    let members: Map<String, Value> =
        schemas.keys().map(|name| (name.to_lowercase(), reference(name))).collect();
    schemas.insert("All".to_owned(), json!({"type": "object", "properties": members}));
    let all = reference(&"All".to_owned());
    let response = json!({"description": "All", "content": {"application/json": {"schema": all}}});
    let operation = |number: usize| {
        let tag = if number < 8 { "one" } else { "other" };
        let operation = json!({"operationId": format!("get{number}"), "tags": [tag], "responses": {"200": response}});
        (format!("/p{number}"), json!({"get": operation}))
    };
    let paths: Map<String, Value> = (0..16).map(operation).collect();
    let document = json!({
        "openapi": "3.0.3", "info": {"title": "Many", "version": "1"},
        "paths": paths, "components": {"schemas": schemas},
    });
    document.to_string()
}

/// The files of the types that both tags use, with the number of types in each, and `types.rs`.
fn shared_files(types: usize, features: When) -> (Vec<(String, usize)>, String) {
    let mut config = Config::new("many", "0.1.0").unwrap();
    config.tag_features = features;
    let input = Input::new(Source::new("many.json", document(types)));
    let files = generate(&input, &config).package.unwrap().files;
    let shared = files.iter().filter(|(path, _)| path.starts_with("src/types/shared"));
    let counted = shared.map(|(path, text)| (path.clone(), text.matches("pub struct").count()));
    (counted.collect(), files["src/types.rs"].clone())
}

#[test]
fn many_types_are_in_several_files() {
    let (files, _) = shared_files(250, When::Never);
    assert_eq!(files, [("src/types/shared.rs".to_owned(), 250)]);
    let (files, types) = shared_files(501, When::Never);
    let expected = [("shared", 250), ("shared_2", 250), ("shared_3", 1)];
    assert_eq!(files, expected.map(|(name, count)| (format!("src/types/{name}.rs"), count)));
    assert!(types.contains("mod shared_2;\n") && types.contains("pub use self::shared_2::*;\n"));
}

#[test]
fn the_same_features_bring_all_files() {
    let (files, types) = shared_files(251, When::Always);
    assert_eq!(files.iter().map(|(_, count)| count).sum::<usize>(), 251);
    let gate = "#[cfg(any(feature = \"one\", feature = \"other\"))]\n";
    assert_eq!(files.len(), 2);
    for (path, _) in &files {
        let module = path.trim_start_matches("src/types/").trim_end_matches(".rs");
        assert!(types.contains(&format!("{gate}mod {module};\n")), "{types}");
        assert!(types.contains(&format!("{gate}pub use self::{module}::*;\n")), "{types}");
    }
}
