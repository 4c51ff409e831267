//! That every emitted crate compiles without a warning, its documentation and its examples too.

use crate::workspace::cargo;

#[test]
fn emitted_crates_compile_without_warnings() {
    let (well, said) = cargo(&["check", "--workspace", "--quiet", "--keep-going"]);
    assert!(well && said.is_empty(), "{said}");
}
