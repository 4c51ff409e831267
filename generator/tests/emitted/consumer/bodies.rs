//! Request bodies: JSON under its many names, bytes, text, and the choice between several.

use crate::peer::Peer;
use crate::{client, done};

/// Compares the content type and the body of each request with rows of these and their source.
fn expect_bodies(peer: &Peer, rows: &[(Option<&str>, &[u8], &str)]) {
    let seen = peer.seen();
    assert_eq!(seen.len(), rows.len(), "{seen:?}");
    for (seen, (content_type, body, source)) in seen.iter().zip(rows) {
        assert_eq!(seen.header("content-type"), *content_type, "{source}");
        // The members of an object have no order (RFC 8259, section 4).
        let json = |text: &[u8]| serde_json::from_slice::<serde_json::Value>(text).ok();
        let equal = json(body).is_some() && json(&seen.body) == json(body);
        assert!(equal || seen.body == *body, "{source}: {:?}", String::from_utf8_lossy(&seen.body));
        // RFC 9112, section 6.2: the length is known, so it is said.
        assert_eq!(seen.header("content-length"), Some(&*seen.body.len().to_string()), "{source}");
    }
}

#[tokio::test]
async fn what_only_responses_have_is_not_sent_back() {
    let peer = done();
    let client = client!(access, peer);
    let mut account: access::types::Account = serde_json::from_value(serde_json::json!({
        "plain": {"text": "a"}, "some": 1, "own": "o", "behind": "b", "inside": {"text": "i"},
    }))
    .unwrap();
    account.far = Some("f".into());
    let _ = client.account(&account).await;
    let source = "OpenAPI 3.0.3, Schema Object, readOnly";
    let sent = br#"{"plain":{"text":"a"},"some":1,"far":"f"}"#;
    expect_bodies(&peer, &[(Some("application/json"), sent, source)]);
}

#[tokio::test]
async fn what_is_required_but_not_described() {
    use undescribed::types::{Revocation, Rule, Slack};
    let peer = done();
    let client = client!(undescribed, peer);
    let mut revocation = Revocation::new();
    revocation.grant_type = Some("code".into());
    let _ = client.revoke(&revocation).await;
    let mut slack = Slack::new();
    slack.channel = Some("general".into());
    client.rules(&Rule::Slack(Box::new(slack))).await.unwrap();
    let form = "application/x-www-form-urlencoded";
    expect_bodies(
        &peer,
        &[
            (Some(form), b"grant_type=code", "its `required`"),
            (Some("application/json"), br#"{"kind":"slack","channel":"general"}"#, "its `required`"),
        ],
    );
}

#[tokio::test]
async fn json() {
    use json_bodies::types::{Note, Step, StepOp};
    let peer = done();
    let client = client!(json_bodies, peer);
    let note = Note::new();
    client.json(&note).await.unwrap();
    let note = note.clear_text();
    client.merge(&note).await.unwrap();
    let note = note.text("a\"ü").stars(5);
    client.plus(&note).await.unwrap();
    client.any(&note).await.unwrap();
    let step = Step::builder().op(StepOp::Add).path("/a").value(1);
    client.patch(&[step]).await.unwrap();
    client.value().body(&serde_json::json!([null])).await.unwrap();
    client.optional().body(&[1, 2]).await.unwrap();
    client.optional().await.unwrap();
    // The caller's word goes first, before the body and behind it.
    client.optional().header("Content-Type", "application/x").body(&[3]).await.unwrap();
    client.optional().body(&[3]).header("content-type", "application/x").await.unwrap();
    client.json(&note).header("content-type", "application/x").await.unwrap();
    let note = "{\"text\":\"a\\\"ü\",\"stars\":5}".as_bytes();
    let named = "OpenAPI 3.0.3, Media Type Object: the key is the content type";
    expect_bodies(
        &peer,
        &[
            (Some("application/json; charset=utf-8"), b"{}", named),
            (Some("application/merge-patch+json"), br#"{"text":null}"#, "RFC 7396 1: null removes"),
            (Some("application/vnd.notes.v2+json"), note, "RFC 6839 3.1"),
            (Some("application/json"), note, "a range of media types: the type's own is JSON"),
            (
                Some("application/json-patch+json"),
                br#"[{"op":"add","path":"/a","value":1}]"#,
                "RFC 6902 3",
            ),
            (Some("application/json"), b"[null]", named),
            (Some("application/json"), b"[1,2]", named),
            (None, b"", "RFC 9110 8.6: a POST without content has length 0"),
            (Some("application/x"), b"[3]", "the caller's word"),
            (Some("application/x"), b"[3]", "the caller's word"),
            (Some("application/x"), note, "the caller's word"),
        ],
    );
}

#[tokio::test]
async fn raw() {
    let peer = done();
    let client = client!(raw_bodies, peer);
    client.bytes(vec![0, 255]).await.unwrap();
    client.image(vec![137, 80]).await.unwrap();
    client.picture(vec![82, 73]).await.unwrap();
    client.picture(vec![82, 73]).header("Content-Type", "image/webp").await.unwrap();
    client.anything().body("x").await.unwrap();
    client.anything().body("x").header("content-type", "font/woff").await.unwrap();
    client.text("größe").await.unwrap();
    client.xml("<a/>").await.unwrap();
    let named = "OpenAPI 3.0.3, Media Type Object: the key is the content type";
    let unknown = "RFC 2046 4.5.1: bytes of no known type";
    expect_bodies(
        &peer,
        &[
            (Some("application/octet-stream"), &[0, 255], named),
            (Some("image/png"), &[137, 80], named),
            (Some("application/octet-stream"), &[82, 73], unknown),
            (Some("image/webp"), &[82, 73], "what the caller sets goes first"),
            (Some("application/octet-stream"), b"x", unknown),
            (Some("font/woff"), b"x", "what the caller sets goes first"),
            (Some("text/plain"), "größe".as_bytes(), named),
            (Some("application/xml"), b"<a/>", named),
        ],
    );
}

#[tokio::test]
async fn one_of_several() {
    use several_bodies::operations::{AddPetBody, ReplacePetBody};
    let peer = done();
    let client = client!(several_bodies, peer);
    let pet = several_bodies::types::Pet::new("Rex & Co");
    client.add_pet(AddPetBody::Json(pet.clone())).await.unwrap();
    client.add_pet(AddPetBody::Xml("<pet/>".into())).await.unwrap();
    client.add_pet(AddPetBody::Form(pet.clone())).await.unwrap();
    client.add_pet(AddPetBody::Text("Rex".into())).await.unwrap();
    client.add_pet(AddPetBody::Bytes(vec![1].into())).await.unwrap();
    client.replace_pet().body(ReplacePetBody::Json(pet)).await.unwrap();
    client.replace_pet().body(ReplacePetBody::VndPetJson(Default::default())).await.unwrap();
    let named = "OpenAPI 3.0.3, Request Body Object: each key of `content` is a choice";
    expect_bodies(
        &peer,
        &[
            (Some("application/json"), br#"{"name":"Rex & Co"}"#, named),
            (Some("application/xml"), b"<pet/>", named),
            (Some("application/x-www-form-urlencoded"), b"name=Rex%20%26%20Co", named),
            (Some("text/plain"), b"Rex", named),
            (Some("application/octet-stream"), &[1], named),
            (Some("application/json"), br#"{"name":"Rex & Co"}"#, named),
            (Some("application/vnd.pet+json"), b"{}", named),
        ],
    );
}
