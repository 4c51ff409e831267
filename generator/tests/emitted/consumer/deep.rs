//! Types that hold one another more deeply than rustc follows: this program compiles, and what they hold
//! comes through.

use std::panic::{RefUnwindSafe, UnwindSafe};

use deep_types::types::{A0, A7};
use serde_json::{Value, json};

use crate::{client, done};

/// A value of the type with this number.
fn value(number: usize) -> Value {
    let next = || value(number + 1);
    match number {
        31 => json!({"end": "here", "first": {"next": []}}),
        _ if number % 8 == 3 => json!({"next": next()}),
        _ if number % 8 == 5 => json!([next(), next()]),
        _ if number % 8 == 7 => json!({"own": "member", "other": next()}),
        _ if number % 16 == 9 => next(),
        _ => json!({"next": [next()]}),
    }
}

fn expect_free<T: Clone + Send + Sync + RefUnwindSafe + UnwindSafe + 'static>(_: &T) {}

#[tokio::test]
async fn deep_types() {
    let value = value(0);
    let decoded: A0 = serde_json::from_str(&value.to_string()).unwrap();
    expect_free(&decoded);
    let copy = decoded.clone();
    assert_eq!(copy, decoded);
    assert!(format!("{copy:?}").contains("\"here\""), "{copy:?}");
    assert_eq!(serde_json::to_value(&decoded).unwrap(), value);

    let peer = done();
    let client = client!(deep_types, peer);
    let task = tokio::spawn(async move {
        let response = client.send(&copy).await;
        drop(response);
        copy
    });
    assert_eq!(task.await.unwrap(), decoded);
}

#[test]
fn what_is_erased_is_used_as_the_value_itself() {
    let mut erased = deep_types::runtime::Erased::from(A7::default());
    assert_eq!(erased.own, None);
    erased.own = Some("member".to_owned());
    let A7 { own, .. } = erased.clone().into_inner();
    assert_eq!(own.as_deref(), Some("member"));
    assert_ne!(erased, A7::default().into());
}
