//! The README shows examples that are compiled, word for word.

use std::fs;
use std::path::Path;

#[test]
fn the_readme_shows_the_examples_that_compile() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    for example in ["uploader/examples/upload.rs", "xtask/examples/upload.rs"] {
        let text = fs::read_to_string(root.join(example)).unwrap();
        assert!(readme.contains(&format!("```rust,no_run\n{text}```")), "{example}");
    }
}
