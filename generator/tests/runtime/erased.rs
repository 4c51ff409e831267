//! `erased!`: what hides a type from the compiler hides nothing from who uses it.

use serde_json::json;

use crate::runtime::{self, Erased, Slot, erased, record};

#[derive(Clone, PartialEq)]
pub struct Folder {
    pub name: String,
    pub parents: Vec<Erased<0>>,
}

record!(Folder(name: String, parents: Vec<Erased<0>>) { required: name, parents; });
erased!(Folder = 0);

fn expect_free<T: Send + Sync + Unpin + 'static>(_: &T) {}

#[test]
fn a_value_comes_through_and_is_used_as_itself() {
    let value = json!({"name": "a", "parents": [{"name": "b", "parents": []}]});
    let mut folder: Folder = serde_json::from_str(&value.to_string()).unwrap();
    expect_free(&folder);
    assert_eq!(serde_json::to_value(&folder).unwrap(), value);
    assert_eq!(folder.parents[0].name, "b");
    assert_eq!(format!("{:?}", folder.parents), r#"[Folder { name: "b", parents: [] }]"#);
    let copy = folder.clone();
    folder.parents[0].name.push('c');
    assert_ne!(folder, copy);
    assert_eq!(folder.parents.remove(0).into_inner(), Folder::new("bc", []));
    assert_eq!(copy.parents[0], Folder::new("b", []).into());
}

#[test]
fn what_does_not_decode_says_why() {
    let text = r#"{"name": "a", "parents": [{"name": 1, "parents": []}]}"#;
    let error = serde_json::from_str::<Folder>(text).unwrap_err().to_string();
    assert!(error.contains("invalid type: integer `1`, expected a string"), "{error}");
    let slots = <Slot<0> as runtime::Erasable>::decode(json!({"name": "a", "parents": []}));
    assert_eq!(slots.unwrap(), Folder::new("a", []));
    assert!(runtime::decode_by::<Folder>(None, json!({})).is_err());
}
