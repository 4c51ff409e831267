//! `newtype!`: a struct is written as what it holds.

use serde_json::{from_value, json, to_value};

use crate::runtime::newtype;

#[derive(Clone, Debug, PartialEq)]
struct Tree(Vec<Tree>);
newtype!(Tree);

#[test]
fn a_list_of_itself_goes_there_and_back() {
    let tree = Tree(vec![Tree(vec![]), Tree(vec![Tree(vec![])])]);
    let text = to_value(&tree).unwrap();
    assert_eq!(text, json!([[], [[]]]));
    assert_eq!(from_value::<Tree>(text).unwrap(), tree);
}
