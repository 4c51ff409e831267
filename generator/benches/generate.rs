//! How long a document takes, in-process: ours, one of your own, and how it grows.
//!
//! `cargo bench --package openapi-crate`; `OPENAPI_DOCUMENT=path` adds a document of your own.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use divan::{Bencher, counter::ItemsCount};
use openapi_crate::config::Config;
use openapi_crate::generate;
use openapi_crate::source::{Input, Source};

fn main() {
    divan::main();
}

fn source(path: &Path) -> Source {
    let text = fs::read_to_string(path).expect("the document can be read");
    Source::new(path.display().to_string(), text)
}

fn run(bencher: Bencher<'_, '_>, input: &Input) {
    let config = Config::new("bench", "0.1.0").expect("the name is fine");
    bencher.bench(|| {
        let outcome = generate(input, &config);
        assert!(outcome.package.is_some(), "{}", outcome.diagnostics.summary());
        outcome
    });
}

/// Box's upload sessions with their overlay.
#[divan::bench]
fn upload_sessions(bencher: Bencher<'_, '_>) {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let mut input = Input::new(source(&spec.join("box-upload-sessions.yaml")));
    input.overlays.push(source(&spec.join("overlay.yaml")));
    run(bencher, &input);
}

/// The document that `OPENAPI_DOCUMENT` names.
#[divan::bench(ignore = env::var_os("OPENAPI_DOCUMENT").is_none())]
fn own_document(bencher: Bencher<'_, '_>) {
    let path = env::var_os("OPENAPI_DOCUMENT").unwrap_or_default();
    run(bencher, &Input::new(source(Path::new(&path))));
}

/// Documents of so many operations, each with a schema of its own: the time for one must not grow.
#[divan::bench(args = [30, 300, 3000], sample_count = 10)]
fn operations(bencher: Bencher<'_, '_>, count: usize) {
    let input = Input::new(Source::new("synthetic.json", document(count)));
    run(bencher.counter(ItemsCount::new(count)), &input);
}

fn document(operations: usize) -> String {
    let (mut paths, mut schemas) = (String::new(), String::new());
    for number in 0..operations {
        let comma = if number == 0 { "" } else { "," };
        let _ = write!(
            paths,
            r##"{comma}"/things{number}/{{id}}":{{"get":{{"operationId":"get_thing_{number}","tags":["tag {tag}"],"summary":"Gets thing {number}.","parameters":[{{"name":"id","in":"path","required":true,"schema":{{"type":"string"}}}},{{"name":"limit","in":"query","schema":{{"type":"integer"}}}}],"responses":{{"200":{{"description":"It.","content":{{"application/json":{{"schema":{{"$ref":"#/components/schemas/Thing{number}"}}}}}}}}}}}}}}"##,
            tag = number / 10,
        );
        let _ = write!(
            schemas,
            r##"{comma}"Thing{number}":{{"type":"object","description":"Thing {number}.","required":["id"],"properties":{{"id":{{"type":"string"}},"size":{{"type":"integer","format":"int64"}},"state":{{"type":"string","enum":["new","used"]}},"made_at":{{"type":"string","format":"date-time"}},"parent":{{"$ref":"#/components/schemas/Thing{previous}"}}}}}}"##,
            previous = number.saturating_sub(1),
        );
    }
    format!(
        r#"{{"openapi":"3.0.3","info":{{"title":"Synthetic","version":"1"}},"servers":[{{"url":"https://example.com"}}],"paths":{{{paths}}},"components":{{"schemas":{{{schemas}}}}}}}"#
    )
}
