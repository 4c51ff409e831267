//! The README shows the example that is compiled here, word for word.

use std::fs;
use std::path::Path;

#[test]
fn the_readme_shows_the_example_that_compiles() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let example = fs::read_to_string(root.join("xtask/examples/upload.rs")).unwrap();
    assert!(readme.contains(&format!("```rust,no_run\n{example}```")));
}
