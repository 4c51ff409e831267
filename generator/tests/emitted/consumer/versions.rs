//! What OpenAPI 3.1 and 3.2 brought.

use serde_json::{from_value, json, to_value};

use crate::peer::{Peer, Reaction};
use crate::{response, client, target};

#[test]
fn tuples_are_arrays() {
    use tuples::types::{Line, LineEnd, Position, Tree};
    let text = json!({
        "start": [1.5, 2.5],
        "end": [3.5, 4.5],
        "labels": ["a", null, true, "b", "c"],
        "open": [{"a": "x"}, 1, [2]],
        "tree": ["root", ["leaf", null]],
    });
    let line: Line = from_value(text.clone()).unwrap();
    assert_eq!(line.start, Position(1.5, 2.5));
    assert_eq!(line.end, Some(LineEnd(3.5, 4.5)));
    assert_eq!(line.tree, Some(Tree("root".into(), Some(Box::new(Tree("leaf".into(), None))))));
    assert_eq!(line.labels.as_ref().unwrap().3, ["b", "c"]);
    assert_eq!(to_value(&line).unwrap(), text);
    assert!(from_value::<Position>(json!([1])).is_err());
}

#[test]
fn members_that_a_condition_describes_are_kept() {
    use keywords_31::types::{Delivery, DeliveryCode};
    let text = json!({"kind": "pickup", "shop": 1, "code": 5, "until": "2026-01-02"});
    let delivery: Delivery = from_value(text.clone()).unwrap();
    assert_eq!(delivery.code, Some(DeliveryCode::Integer(5)));
    assert_eq!(to_value(&delivery).unwrap(), text);
    let text = json!({"kind": "post", "street": "s", "code": "c"});
    assert_eq!(to_value(from_value::<Delivery>(text.clone()).unwrap()).unwrap(), text);
}

#[test]
fn nulls_and_constants() {
    use constants_31::types::{Kind, Thing};
    let text = json!({
        "text": "v1", "flag": true, "number": 7, "fraction": 1.5, "nothing": null,
        "map": {"a": 1}, "list": [1, 2], "kind": 0, "order": "desc", "mixed": "auto", "model": "new",
    });
    let thing: Thing = from_value(text.clone()).unwrap();
    assert_eq!(thing.kind, Some(Kind::GuildText));
    assert_eq!(to_value(&thing).unwrap(), text);
    let text = json!({"listed": null, "any_of": {"x": 1.5}, "nothing": null, "types": 1.5, "list": [1, null]});
    let thing: nulls_31::types::Thing = from_value(text.clone()).unwrap();
    assert_eq!(to_value(&thing).unwrap(), text);
}

#[test]
fn a_value_without_a_tag_is_of_the_default() {
    use version_32::types::Animal;
    for text in [json!({"legs": 4}), json!({"legs": 4, "kind": "dog"})] {
        assert!(matches!(from_value(text).unwrap(), Animal::Beast(beast) if beast.legs == 4));
    }
    let cat: Animal = from_value(json!({"kind": "cat", "lives": 9})).unwrap();
    assert!(matches!(cat, Animal::Cat(_)));
    assert!(matches!(from_value(json!({"wings": 2})).unwrap(), Animal::Other(_)));
    let beast: Animal = from_value(json!({"legs": 4})).unwrap();
    assert_eq!(to_value(&beast).unwrap(), json!({"legs": 4}));
}

#[tokio::test]
async fn other_methods_and_whole_queries() {
    let peer = Peer::start(|count, _| {
        Reaction::Send(match count {
            0 => response("200 OK", "content-type: application/json", "[]"),
            1 => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
            2 => response("200 OK", "content-type: application/jsonl", "{\"name\":\"a\"}\n"),
            _ => response("200 OK", "content-type: text/event-stream", "event: born\ndata: {\"name\":\"b\"}\n\n"),
        })
    });
    let client = client!(version_32, peer);
    let pet = version_32::types::Pet::new("Rex & Co");
    client.query_pets(&pet).tenant("t").await.unwrap();
    client.copy_pets().seen(&["a&b/c", "d%"]).await.unwrap();
    let error = client.copy_pets().seen(&["a; admin=1"]).await.unwrap_err();
    assert!(error.to_string().contains("cookie `seen` contains a semicolon"), "{error}");
    let mut pets = client.search(&pet).await.unwrap();
    assert_eq!(pets.next().await.unwrap().unwrap().name, "a");
    let mut filter = version_32::types::FindPetsFilter::default();
    filter.name = Some("a b".to_owned());
    filter.tags = Some(vec!["x".to_owned(), "y".to_owned()]);
    let mut events = client.find_pets().filter(&filter).await.unwrap();
    let event = events.next().await.unwrap().unwrap();
    assert_eq!((&*event.event, &*event.data.data.unwrap().name), ("born", "b"));
    let seen = peer.seen();
    let methods: Vec<&str> = seen.iter().map(|seen| seen.line.split(' ').next().unwrap()).collect();
    assert_eq!(methods, ["QUERY", "COPY", "GET", "GET"]);
    assert_eq!(seen[0].body, br#"{"name":"Rex & Co"}"#);
    assert_eq!(seen[1].header("cookie"), Some("seen=a&b/c; seen=d%"));
    assert_eq!(target(&seen[2]), "/search?%7B%22name%22%3A%22Rex%20%26%20Co%22%7D");
    assert_eq!(target(&seen[3]), "/pets?name=a%20b&tags=x&tags=y");
}
