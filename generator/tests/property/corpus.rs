//! Mistakes in real documents, which are not part of this repository.

use std::{env, fs, panic, path::PathBuf};

use openapi_crate::{diagnostics::Diagnostics, source};
use serde_json::Value;

use crate::{
    mutation::{Random, cut, mutate},
    promise,
};

/// The folder with the documents.
const FOLDER: &str = "OPENAPI_CRATE_CORPUS";

/// How many mutants of each document; without it, one.
const ROUNDS: &str = "OPENAPI_CRATE_ROUNDS";

/// Where to leave the mutants that a crate is made of, for a compiler to look at.
const KEPT: &str = "OPENAPI_CRATE_MUTANTS";

#[test]
fn mistakes_in_real_documents() {
    let Some(folder) = env::var_os(FOLDER) else {
        eprintln!("{FOLDER} names no folder: no document is tried");
        return;
    };
    let rounds = env::var(ROUNDS).map_or(1, |rounds| rounds.parse().unwrap());
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut documents: Vec<(String, Value)> = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        if let Some(document) = source::read_document(0, &text, &mut Diagnostics::default()) {
            documents.push((path.file_name().unwrap().to_string_lossy().into_owned(), document));
        }
    }
    let mut tried = 0_u64;
    let mut emitted = 0;
    let mut failed = Vec::new();
    for round in 0..rounds {
        for (name, document) in &documents {
            let mut random = Random(round);
            let mut mutant = cut(document, &mut random);
            mutate(&mut mutant, &mut random);
            let text = mutant.to_string();
            tried += 1;
            let kept = panic::catch_unwind(|| promise::keeps(&text));
            if let (Some(folder), true) =
                (env::var_os(KEPT), kept.as_ref().is_ok_and(|there| *there))
            {
                fs::write(PathBuf::from(folder).join(format!("{round}-{name}.json")), &text)
                    .unwrap();
            }
            match kept {
                Ok(there) => emitted += u64::from(there),
                Err(_) => {
                    let place = env::temp_dir().join(format!("openapi-crate-{round}-{name}.json"));
                    fs::write(&place, &text).unwrap();
                    failed.push(place);
                }
            }
        }
    }
    eprintln!("{tried} mutants of {} documents, {emitted} crates", documents.len());
    assert!(!documents.is_empty() && failed.is_empty(), "{} failed: {failed:#?}", failed.len());
}
