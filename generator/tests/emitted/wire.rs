//! What emitted crates send and read over a socket: the tests of `consumer/`, which call them.

use crate::workspace::cargo;

#[test]
fn requests_and_responses_conform_to_the_standards() {
    let (well, said) = cargo(&["test", "--package", "consumer", "--quiet"]);
    assert!(well && said.contains("test result: ok."), "{said}");
}
