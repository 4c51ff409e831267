//! What emitted crates send and read over a socket: the tests of `consumer/`, which call them.

use crate::workspace::cargo;

#[test]
fn requests_and_answers_are_what_the_standards_say() {
    let (well, said) = cargo(&["test", "--package", "consumer", "--quiet"]);
    assert!(well && said.contains("test result: ok."), "{said}");
}
