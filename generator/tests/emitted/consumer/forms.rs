//! Forms: `application/x-www-form-urlencoded` and `multipart/form-data` (RFC 7578).

use std::collections::BTreeMap;

use crate::peer::Seen;
use crate::{client, done, giving};

#[tokio::test]
async fn url_encoded() {
    use form_body::types::{EncodedBody, Place, PlainBody};
    let peer = done();
    let client = client!(form_body, peer);
    let words = || vec!["a b".to_owned(), "c,d&e".to_owned()];
    let place = |x, y| Place::builder().x(x).y(y);
    let plain = PlainBody::new("ü=1", words()).home(place(1, 2)).on(false);
    client.plain(&plain).await.unwrap();
    let encoded = EncodedBody::new().tags(words()).words(words());
    let encoded = encoded.home(place(1, 2)).deep(place(3, 4));
    client.encoded(&encoded).await.unwrap();
    let free = BTreeMap::from([("k".to_owned(), "v".to_owned())]);
    client.free().body(&free).await.unwrap();
    let json = "%7B%22x%22%3A1%2C%22y%22%3A2%7D";
    let seen = peer.seen();
    for (seen, expected, source) in [
        (
            &seen[0],
            format!("home={json}&name=%C3%BC%3D1&on=false&tags=a%20b&tags=c%2Cd%26e"),
            "OpenAPI 3.0.3, x-www-form-urlencoded: lists exploded, objects as JSON",
        ),
        (
            &seen[1],
            format!(
                "deep%5Bx%5D=3&deep%5By%5D=4&home={json}&tags=a%20b,c%2Cd%26e&words=a%20b%7Cc%2Cd%26e"
            ),
            "OpenAPI 3.0.3, Encoding Object, `style` and `explode` as in queries",
        ),
        (&seen[2], "k=v".to_owned(), "no schema: pairs"),
    ] {
        assert_eq!(seen.header("content-type"), Some("application/x-www-form-urlencoded"));
        // The members of an object have no order, the values of one of them do.
        let body = String::from_utf8_lossy(&seen.body);
        let mut pairs: Vec<&str> = body.split('&').collect();
        pairs.sort_by_key(|pair| pair.split('=').next());
        assert_eq!(pairs.join("&"), expected, "{source}");
    }
}

/// OpenAPI 3.0.3, Encoding Object: `style`, `explode` and `allowReserved` as in queries.
#[tokio::test]
async fn url_encoded_by_encoding() {
    use form_encoding::types::{Fields, Shade};
    let mut shade = Shade::default();
    shade.r = Some(100);
    shade.g = Some(200);
    let list = || Some(vec!["a b".to_owned(), "c,d".to_owned()]);
    let object = || Some(shade.clone());
    let rows: &[(&dyn Fn(&mut Fields), &str, &str)] = &[
        (&|fields| fields.exploded = object(), "R=100&G=200", "exploded: members become fields"),
        (&|fields| fields.implied = object(), "R=100&G=200", "`explode` is the default of `form`"),
        (&|fields| fields.joined = object(), "joined=R,100,G,200", "as in queries"),
        (&|fields| fields.deep = object(), "deep%5BR%5D=100&deep%5BG%5D=200", "as in queries"),
        (
            &|fields| fields.plain = object(),
            "plain=%7B%22R%22%3A100%2C%22G%22%3A200%7D",
            "without an encoding, JSON",
        ),
        (&|fields| fields.list = list(), "list=a%20b&list=c%2Cd", "without an encoding, exploded"),
        (&|fields| fields.list_joined = list(), "listJoined=a%20b,c%2Cd", "the style is `form`"),
        (&|fields| fields.list_spaces = list(), "listSpaces=a%20b%20c%2Cd", "as in queries"),
        (&|fields| fields.list_pipes = list(), "listPipes=a%20b%7Cc%2Cd", "as in queries"),
        (
            &|fields| fields.list_exploded = list(),
            "listExploded=a%20b&listExploded=c%2Cd",
            "as in queries",
        ),
        (
            &|fields| fields.list_json = list(),
            "listJson=%5B%22a%20b%22%2C%22c%2Cd%22%5D",
            "`contentType`",
        ),
        (
            &|fields| fields.url = Some("https://a/b?c=d&e+f g%".to_owned()),
            "url=https://a/b?c=d%26e%2Bf%20g%25",
            "what separates fields, or is a space in a form, is escaped all the same",
        ),
    ];
    let peer = done();
    let client = client!(form_encoding, peer);
    for (set, expected, source) in rows {
        let mut fields = Fields::default();
        set(&mut fields);
        client.send(&fields).await.unwrap();
        let all = peer.seen();
        let seen = all.last().unwrap();
        assert_eq!(seen.header("content-type"), Some("application/x-www-form-urlencoded"));
        assert_eq!(String::from_utf8_lossy(&seen.body), *expected, "{source}");
    }
}

/// An encoding is for the fields of alternatives, too.
#[tokio::test]
async fn url_encoded_alternatives() {
    use form_encoding::types::{Named, Numbered, SendEitherBody, Shade};
    let mut shade = Shade::default();
    shade.r = Some(1);
    let peer = done();
    let client = client!(form_encoding, peer);
    let named = SendEitherBody::Named(Box::new(Named::new("a").shade(shade.clone())));
    client.send_either(&named).await.unwrap();
    let numbered = SendEitherBody::Numbered(Box::new(Numbered::new(2).shade(shade)));
    client.send_either(&numbered).await.unwrap();
    let seen = peer.seen();
    let bodies: Vec<_> = seen.iter().map(|seen| String::from_utf8_lossy(&seen.body)).collect();
    assert_eq!(bodies, ["name=a&shade%5BR%5D=1", "number=2&shade%5BR%5D=1"]);
}

/// Parts that could be taken for one another are given by name, and sent in the document's order.
#[tokio::test]
async fn parts_by_name() {
    use multipart_kinds::operations::ManyForm;
    let peer = done();
    let form = ManyForm::builder().author("a").file("f").title("t").note("n");
    client!(multipart_kinds, peer).many(form).await.unwrap();
    let body = String::from_utf8(peer.seen()[0].body.to_vec()).unwrap();
    let names = body.split("name=\"").skip(1).map(|part| part.split('"').next().unwrap());
    // The file's own name follows that of its part.
    assert_eq!(names.collect::<Vec<_>>(), ["title", "file", "file", "author", "note"]);
}

#[tokio::test]
async fn parts_are_written_in_their_content_types() {
    use multipart_kinds::operations::TypedForm;
    let peer = done();
    let about = serde_json::from_str(r#"{"by":"b"}"#).unwrap();
    let form = TypedForm::new("<layout/>").rows(&["a,b", "c"]).about(&about).photo("p").seal("s");
    client!(multipart_kinds, peer).typed(form).await.unwrap();
    let seen = &peer.seen()[0];
    let part = |name: &str, more: &str, kind: &str, content: &str| {
        let head = format!("Content-Disposition: form-data; name=\"{name}\"{more}");
        (format!("{head}\r\nContent-Type: {kind}"), content.to_owned())
    };
    let expected = [
        part("layout", "", "application/xml", "<layout/>"),
        part("rows", "", "text/csv", "a,b"),
        part("rows", "", "text/csv", "c"),
        part("about", "", "application/json", r#"{"by":"b"}"#),
        part("photo", "; filename=\"photo\"", "application/octet-stream", "p"),
        part("seal", "; filename=\"seal\"", "image/png", "s"),
    ];
    assert_eq!(parts(boundary(seen), &seen.body), expected);
}

/// RFC 2046, sections 5.1.1 and 5.1.3; RFC 2387, section 3.1.
#[tokio::test]
async fn other_multipart_types() {
    use multipart_kinds::operations::{MixedForm, RelatedForm};
    use multipart_kinds::runtime::{Multipart, Part};
    let peer = done();
    let client = client!(multipart_kinds, peer);
    let mut metadata = multipart_kinds::types::UploadMetadata::default();
    metadata.name = Some("n".to_owned());
    let file = || Part::new("x").file_name("a.txt").content_type("text/plain");
    client.mixed(MixedForm::new(file(), &metadata).note("hi")).await.unwrap();
    client.related(RelatedForm::new(file(), &metadata)).await.unwrap();
    client.loose(Multipart::new().part("a", "b")).await.unwrap();
    let head = |name: &str, more: &str| format!("Content-Disposition: {name}{more}");
    let json = "\r\nContent-Type: application/json";
    let text = "; filename=\"a.txt\"\r\nContent-Type: text/plain";
    let first = (head("inline; name=\"metadata\"", json), r#"{"name":"n"}"#.to_owned());
    let second = (head("attachment; name=\"file\"", text), "x".to_owned());
    let third = (head("inline; name=\"note\"", ""), "hi".to_owned());
    let seen = peer.seen();
    for (seen, kind, more, expected) in [
        (&seen[0], "mixed", "", vec![first.clone(), second.clone(), third]),
        (&seen[1], "related", "; type=\"application/json\"", vec![first, second]),
        (
            &seen[2],
            "related",
            "; type=\"text/plain\"",
            vec![(head("inline; name=\"a\"", ""), "b".to_owned())],
        ),
    ] {
        let content_type = seen.header("content-type").unwrap();
        let boundary = content_type.strip_prefix(&format!("multipart/{kind}; boundary=")).unwrap();
        let boundary = boundary.strip_suffix(more).unwrap();
        assert_eq!(parts(boundary, &seen.body), expected, "{kind}");
    }
}

/// The parts of a body: their heads and contents, in order.
fn parts(boundary: &str, body: &[u8]) -> Vec<(String, String)> {
    // RFC 2046, section 5.1.1: at most 70 characters, which need no quotes here.
    assert!(boundary.len() <= 70 && boundary.chars().all(|c| c.is_ascii_alphanumeric()));
    let body = String::from_utf8_lossy(body);
    let body = body.strip_suffix(&format!("--{boundary}--\r\n")).unwrap();
    let begin = format!("--{boundary}\r\n");
    let parts = body.split(&begin).skip(1).map(|part| part.strip_suffix("\r\n").unwrap());
    let split = parts.map(|part| part.split_once("\r\n\r\n").unwrap());
    split.map(|(head, content)| (head.to_owned(), content.to_owned())).collect()
}

fn boundary(seen: &Seen) -> &str {
    let content_type = seen.header("content-type").unwrap();
    content_type.strip_prefix("multipart/form-data; boundary=").unwrap()
}

#[tokio::test]
async fn multipart() {
    use multipart_body::operations::SendFilesForm;
    use multipart_body::runtime::Part;
    let peer = done();
    let client = client!(multipart_body, peer);
    let attributes = multipart_body::types::Attributes::new("a \"b\"");
    let file = Part::new("x\r\ny").file_name("a\"\r\nb.txt").content_type("text/plain");
    let form = SendFilesForm::new(&attributes, file)
        .more("1")
        .more(Part::new("2").file_name("2.bin"))
        .tags(&["t", "u"])
        .count(7)
        .note("*n*")
        .thumb(vec![0x50]);
    client.send_files(form).await.unwrap();
    let seen = &peer.seen()[0];
    let length = seen.body.len().to_string();
    assert_eq!(seen.header("content-length"), Some(&*length), "the length is known");
    let parts = parts(boundary(seen), &seen.body);
    let bytes = "application/octet-stream";
    let expected: &[(&str, Option<&str>, Option<&str>, &str, &str)] = &[
        (
            "attributes",
            None,
            Some("application/json"),
            r#"{"name":"a \"b\""}"#,
            "OpenAPI 3.0.3, Encoding Object: an object is JSON",
        ),
        (
            "file",
            Some("a%22%0D%0Ab.txt"),
            Some("text/plain"),
            "x\r\ny",
            "RFC 7578 4.2; HTML 4.10.21.8 escapes names so",
        ),
        (
            "more",
            Some("more"),
            Some(bytes),
            "1",
            "OpenAPI 3.0.3: binary is octet-stream; RFC 7578 4.3: several of one name",
        ),
        ("more", Some("2.bin"), Some(bytes), "2", "RFC 7578 4.3"),
        ("tags", None, None, "t", "RFC 7578 4.3"),
        ("tags", None, None, "u", "RFC 7578 4.3"),
        ("count", None, None, "7", "RFC 7578 4.4: without a type, text"),
        (
            "note",
            None,
            Some("text/markdown"),
            "*n*",
            "OpenAPI 3.0.3, Encoding Object, `contentType`",
        ),
        (
            "thumb",
            Some("thumb"),
            Some("image/png"),
            "P",
            "OpenAPI 3.0.3, Encoding Object, `contentType`",
        ),
    ];
    assert_eq!(parts.len(), expected.len(), "{parts:#?}");
    for ((head, content), (name, file, kind, text, source)) in parts.iter().zip(expected) {
        let mut wanted = format!("Content-Disposition: form-data; name=\"{name}\"");
        file.iter().for_each(|file| wanted += &format!("; filename=\"{file}\""));
        kind.iter().for_each(|kind| wanted += &format!("\r\nContent-Type: {kind}"));
        assert_eq!((head, &content[..]), (&wanted, *text), "{source}");
    }
}

#[tokio::test]
async fn loose_multipart() {
    use multipart_body::operations::SendMaybeForm;
    use multipart_body::runtime::Multipart;
    let peer = done();
    let client = client!(multipart_body, peer);
    client.send_loose(Multipart::new().part("any", "thing")).await.unwrap();
    client.send_maybe().await.unwrap();
    client.send_maybe().body(SendMaybeForm::new().self_("s")).await.unwrap();
    // The caller's type goes first, but not without a boundary.
    let typed = client.send_maybe().header("content-type", "multipart/form-data;x=1");
    let again = typed.body(SendMaybeForm::new().new_part("m"));
    again.body(SendMaybeForm::new().new_part("n")).await.unwrap();
    let seen = peer.seen();
    let of = |index: usize| parts(boundary(&seen[index]), &seen[index].body);
    let part = |name: &str, content: &str| {
        (format!("Content-Disposition: form-data; name=\"{name}\""), content.to_owned())
    };
    assert_eq!(of(0), [part("any", "thing")]);
    assert_eq!((seen[1].header("content-type"), &seen[1].body[..]), (None, &b""[..]));
    assert_eq!(of(2), [part("self", "s")]);
    let content_type = seen[3].header("content-type").unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data;x=1; boundary=").unwrap();
    assert_eq!(parts(boundary, &seen[3].body), [part("new", "n")]);
}

/// A body whose schema has alternatives has the parts of all of them, and requires what each of them does.
#[tokio::test]
async fn multipart_of_alternatives() {
    use multipart_kinds::operations::EitherForm;
    use multipart_kinds::types::{EitherFormKind, Item};
    let response = r#"{"kind":"cake","id":"1","name":"n","layers":2}"#;
    let peer = giving("200 OK", "content-type: application/json", response);
    let client = client!(multipart_kinds, peer);
    let form = EitherForm::new(&EitherFormKind::Cake, "n").layers(2).photo("p");
    let item = client.either(form).await.unwrap();
    assert!(matches!(item, Item::Cake(cake) if cake.id == "1" && cake.layers == Some(2)));
    let seen = &peer.seen()[0];
    let field = |name: &str, content: &str| {
        (format!("Content-Disposition: form-data; name=\"{name}\""), content.to_owned())
    };
    let file = "; filename=\"photo\"\r\nContent-Type: application/octet-stream";
    let photo = (format!("Content-Disposition: form-data; name=\"photo\"{file}"), "p".to_owned());
    let expected = [field("kind", "cake"), field("name", "n"), field("layers", "2"), photo];
    assert_eq!(parts(boundary(seen), &seen.body), expected);
}
