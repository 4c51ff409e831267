//! Mistakes in the fixtures' documents.

use std::{fs, path::Path, sync::LazyLock};

use openapi_crate::{diagnostics::Diagnostics, source};
use proptest::prelude::*;
use serde_json::Value;

use crate::{
    mutation::{Random, mutate},
    promise,
};

static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut paths: Vec<_> = ["fixtures", "diagnostics"]
        .iter()
        .flat_map(|folder| fs::read_dir(tests.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
});

static DOCUMENTS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let read = |text: &String| source::read_document(0, text, &mut Diagnostics::default());
    TEXTS.iter().filter_map(read).collect()
});

proptest! {
    #![proptest_config(promise::runs())]

    #[test]
    fn mistakes_in_values(seed: u64) {
        let mut random = Random(seed);
        let mut document = DOCUMENTS[random.below(DOCUMENTS.len())].clone();
        mutate(&mut document, &mut random);
        promise::keeps(&document.to_string());
    }

    #[test]
    fn mistakes_in_texts(
        at: prop::sample::Index,
        place: prop::sample::Index,
        length in 0..40_usize,
        instead in "[-:{}\\[\\],'\"&*!|>#%@ \n\\PC]{0,6}",
    ) {
        let mut text: Vec<char> = at.get(&TEXTS).chars().collect();
        let start = place.index(text.len());
        let end = text.len().min(start + length);
        text.splice(start..end, instead.chars());
        promise::keeps(&text.into_iter().collect::<String>());
    }
}
