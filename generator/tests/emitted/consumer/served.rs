//! Requests as a server reads them that knows the document alone: what the caller sets is what the
//! server gets, in every style and place, whatever characters it has. Values are made by seed.

#[path = "../../server/server.rs"]
mod server;

use std::fs;

use serde_json::{Value, json};

use crate::peer::{Peer, Reaction, Seen};
use crate::{response, client, done, target};
use server::document::Request;
use server::{Document, Sent};

/// What an encoding could lose.
const CHARACTERS: &[char] = &[
    'a', 'Z', '0', ' ', ',', '.', ';', '=', '&', '|', '+', '%', '#', '?', '/', '\\', '"', '\'', '[', ']',
    '{', '}', '<', '>', '(', ')', '!', '$', '*', ':', '@', '~', '-', '_', '^', '`', 'ß', '日', '😀',
];

/// Texts of these characters, but for some.
fn make_texts(but: &str) -> Vec<String> {
    let usable: Vec<char> = CHARACTERS.iter().copied().filter(|c| !but.contains(*c)).collect();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(most).unwrap()).unwrap()
    };
    let mut texts: Vec<String> = usable.iter().map(|c| c.to_string()).collect();
    for _ in 0..20 {
        let length = 1 + next(12);
        texts.push((0..length).map(|_| usable[next(usable.len())]).collect());
    }
    texts
}

/// Lists of these texts, of one to three.
fn lists(texts: &[String]) -> Vec<Vec<&str>> {
    let lists = (1..=3).flat_map(|length| texts.chunks(length));
    lists.map(|list| list.iter().map(String::as_str).collect()).collect()
}

/// A document of `tests/fixtures`.
fn read_document(name: &str) -> Document {
    let path = format!("{}/documents/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    Document::new(serde_json::from_str(&text).unwrap())
}

/// A request as the server takes it.
fn sent(seen: &Seen) -> Sent {
    let lines = seen.headers.iter().filter_map(|line| line.split_once(": "));
    Sent {
        method: seen.line.split(' ').next().unwrap_or_default().to_owned(),
        target: target(seen).to_owned(),
        headers: lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: seen.body.clone(),
    }
}

/// The last request, as the document has it.
fn read(document: &Document, peer: &Peer) -> Request {
    let seen = peer.seen().pop().unwrap();
    document.parse(&sent(&seen)).unwrap_or_else(|error| panic!("{error}: {seen:?}"))
}

#[tokio::test]
async fn optional_parameters_in_every_style() {
    let document = read_document("styles");
    let peer = done();
    let client = client!(styles, peer);
    let shade = styles::types::Shade::builder().b(i64::MAX).g(-200).r(100);
    // A delimiter that is a value's too cannot be told apart where it is escaped itself.
    macro_rules! check {
        ($($place:literal $operation:ident but $but:literal;)+) => {$(
            let texts = make_texts($but);
            let check = |name: &str, value: Value| {
                let request = read(&document, &peer);
                assert_eq!(request.operation, stringify!($operation));
                let expected = json!({ format!("{} {name}", $place): value });
                assert_eq!(Value::from(request.parameters), expected, "{}", request.operation);
            };
            for text in &texts {
                client.$operation().text(text).await.unwrap();
                check("text", json!(text));
            }
            for list in lists(&texts) {
                client.$operation().list(&list).await.unwrap();
                check("list", json!(list));
            }
            client.$operation().shade(&shade).await.unwrap();
            check("shade", json!({ "R": 100, "G": -200, "B": i64::MAX }));
        )+};
    }
    check! {
        "query" query_form but "";
        "query" query_form_exploded but "";
        "query" query_spaces but " ";
        "query" query_spaces_exploded but "";
        "query" query_pipes but "|";
        "query" query_pipes_exploded but "";
        "query" query_deep but "";
        "header" in_header but " ,";
        "header" in_header_exploded but " ,";
        "cookie" in_cookie but "";
        "cookie" in_cookie_exploded but "";
    }
}

#[tokio::test]
async fn path_parameters_in_every_style() {
    let document = read_document("styles");
    let peer = done();
    let client = client!(styles, peer);
    let shade = styles::types::Shade::builder().b(3).g(2).r(1);
    macro_rules! check {
        ($($operation:ident)+) => {$(
            // `.` separates in the style `label`, and alone it is another path.
            let texts = make_texts(".");
            for list in lists(&texts) {
                client.$operation(list[0], &list, &shade).await.unwrap();
                let request = read(&document, &peer);
                assert_eq!(request.operation, stringify!($operation));
                let expected = json!({
                    "path text": list[0],
                    "path list": list,
                    "path shade": { "R": 1, "G": 2, "B": 3 },
                });
                assert_eq!(Value::from(request.parameters), expected, "{}", request.operation);
            }
        )+};
    }
    check! { path_simple path_simple_exploded path_label path_label_exploded path_matrix path_matrix_exploded }
}

#[tokio::test]
async fn json_and_nested_parameters() {
    let document = read_document("json_parameter");
    let peer = done();
    let client = client!(json_parameter, peer);
    for text in make_texts("") {
        let place = json_parameter::types::Place::builder().x(1).y(-2).name(&text);
        client.find(&place).near(&place).last(&place).note(&text).await.unwrap();
        let value = json!({ "x": 1, "y": -2, "name": text });
        let expected = json!({
            "path where": value, "query near": value, "cookie last": value, "query note": text,
        });
        assert_eq!(Value::from(read(&document, &peer).parameters), expected);
    }
    let document = read_document("deep_object");
    let peer = done();
    let client = client!(deep_object, peer);
    for list in lists(&make_texts("")) {
        let mut size = deep_object::types::FindFilterSize::default();
        size.max = Some(9);
        let mut filter = deep_object::types::FindFilter::default();
        filter.name = Some(list[0].to_owned());
        filter.size = Some(size);
        filter.tags = Some(list.iter().map(|&text| text.to_owned()).collect());
        client.find().filter(&filter).await.unwrap();
        let value = json!({ "name": list[0], "size": { "max": 9 }, "tags": list });
        let expected = json!({ "query filter": value });
        assert_eq!(Value::from(read(&document, &peer).parameters), expected);
    }
}

#[tokio::test]
async fn url_encoded_forms() {
    use form_encoding::types::{Fields, Shade};
    let document = read_document("form_encoding");
    let peer = done();
    let client = client!(form_encoding, peer);
    let shade = |which: i64| {
        let mut shade = Shade::default();
        (shade.r, shade.g) = (Some(which), Some(-which));
        Some(shade)
    };
    let value = |which: i64| json!({ "R": which, "G": -which });
    for list in lists(&make_texts(" |")) {
        let own = || Some(list.iter().map(|&text| text.to_owned()).collect());
        let mut fields = Fields::default();
        fields.exploded = shade(1);
        fields.joined = shade(2);
        fields.deep = shade(3);
        fields.plain = shade(4);
        fields.list = own();
        fields.list_joined = own();
        fields.list_spaces = own();
        fields.list_pipes = own();
        fields.list_exploded = own();
        fields.list_json = own();
        fields.url = Some(list[0].to_owned());
        client.send(&fields).await.unwrap();
        // The document gives both the members of the other: nothing tells them apart.
        let expected = json!({
            "exploded": value(1), "implied": value(1), "joined": value(2), "deep": value(3), "plain": value(4),
            "list": list, "listJoined": list, "listSpaces": list, "listPipes": list,
            "listExploded": list, "listJson": list, "url": list[0],
        });
        assert_eq!(read(&document, &peer).body, expected);
    }
}

#[tokio::test]
async fn multipart_forms() {
    use multipart_body::operations::SendFilesForm;
    use multipart_body::runtime::Part;
    let document = read_document("multipart_body");
    let peer = done();
    let client = client!(multipart_body, peer);
    for list in lists(&make_texts("")) {
        let text = list[0];
        let attributes = multipart_body::types::Attributes::new(text);
        let file = Part::new(format!("--{text}\r\n\r\n{text}")).file_name(text);
        let form = SendFilesForm::new(&attributes, file).tags(&list).count(-7).note(text);
        client.send_files(form).await.unwrap();
        let expected = json!({
            "attributes": { "name": text }, "file": format!("--{text}\r\n\r\n{text}"),
            "tags": list, "count": -7, "note": text,
        });
        assert_eq!(read(&document, &peer).body, expected);
    }
}

#[tokio::test]
async fn json_bodies() {
    let document = read_document("json_bodies");
    let peer = done();
    let client = client!(json_bodies, peer);
    for text in make_texts("") {
        let mut note = json_bodies::types::Note::default();
        note.text = Some(Some(text.clone()));
        note.stars = Some(i64::MIN);
        client.json(&note).await.unwrap();
        let expected = json!({ "text": text, "stars": i64::MIN });
        assert_eq!(read(&document, &peer).body, expected);
        client.merge(&note).await.unwrap();
        assert_eq!(read(&document, &peer).body, expected);
    }
    client.optional().await.unwrap();
    assert_eq!(read(&document, &peer).body, Value::Null);
}

/// The parameters of one operation in all their places, and those beside them.
#[tokio::test]
async fn headers_and_cookies() {
    let document = read_document("header_parameters");
    let peer = done();
    let client = client!(header_parameters, peer);
    let shade = header_parameters::types::Shade::builder().g(-1).r(0);
    let level = header_parameters::types::ReadXLevel::High;
    for text in make_texts(" ") {
        let request = client.read(&text).x_ids(&[i64::MIN, 0]).x_shade(&shade);
        request.x_exploded(&shade).x_level(&level).await.unwrap();
        let shade = json!({ "R": 0, "G": -1 });
        let expected = json!({
            "header X-Trace": text, "header X-Ids": [i64::MIN, 0], "header X-Shade": shade,
            "header X-Exploded": shade, "header X-Level": "high",
        });
        assert_eq!(Value::from(read(&document, &peer).parameters), expected);
    }
    let document = read_document("cookie_parameters");
    let peer = done();
    let client = client!(cookie_parameters, peer);
    let theme = cookie_parameters::types::ReadTheme::Light;
    for text in make_texts("") {
        client.read(&text).ids(&[7, -7]).theme(&theme).await.unwrap();
        let expected = json!({
            "cookie session": text, "cookie ids": [7, -7], "cookie theme": "light",
        });
        assert_eq!(Value::from(read(&document, &peer).parameters), expected);
    }
}

/// Reserved characters that stay do not end the value, but for the one that separates.
#[tokio::test]
async fn reserved_characters() {
    let document = read_document("allow_reserved");
    let peer = done();
    let client = client!(allow_reserved, peer);
    for text in make_texts("&") {
        client.go(&text).from(&text).await.unwrap();
        let expected = json!({ "query to": text, "query from": text });
        assert_eq!(Value::from(read(&document, &peer).parameters), expected);
    }
}

/// The headers of a response, as the document types them.
#[tokio::test]
async fn headers_of_responses() {
    const COSTS: &[&str] = &["0.5", "-1", "1e3", "12", "9007199254740993"];
    let peer = Peer::start(|count, _| {
        let headers = format!("x-cost: {}\r\netag: \"{count}, ü\"", COSTS[count]);
        Reaction::Send(response("204 No Content", &headers, ""))
    });
    let client = client!(several_responses, peer);
    for (count, cost) in COSTS.iter().enumerate() {
        let outcome = client.cancel("1").await.unwrap();
        assert_eq!(outcome.x_cost, cost.parse().ok(), "{cost}");
        let etag = format!("\"{count}, ü\"");
        assert_eq!(outcome.e_tag.as_deref(), Some(&*etag).filter(|etag| etag.is_ascii()));
    }
}

/// The server is no friend: what the document does not know, it refuses.
#[test]
fn what_the_document_does_not_know_is_refused() {
    let styles = read_document("styles");
    let forms = read_document("form_body");
    let form = ["content-type: application/x-www-form-urlencoded"].as_slice();
    let rows: &[(&Document, &str, &[&str], &str, &str)] = &[
        (&styles, "GET /nowhere HTTP/1.1", &[], "", "no operation"),
        (&styles, "POST /query_form HTTP/1.1", &[], "", "no operation"),
        (&styles, "GET /query_form?texts=a HTTP/1.1", &[], "", "not declared"),
        (&styles, "GET /query_form?text=a&text=b HTTP/1.1", &[], "", "twice"),
        (&styles, "GET /query_form?shade=R,1,G HTTP/1.1", &[], "", "without a value"),
        (&styles, "GET /query_form_exploded?R=x HTTP/1.1", &[], "", "no integer"),
        (&styles, "GET /path_label/a/.b/.R,1 HTTP/1.1", &[], "", "no label"),
        (&styles, "GET /path_matrix/;txt=a/;list=b/;shade=R,1 HTTP/1.1", &[], "", "not `text`"),
        (&styles, "GET /in_cookie HTTP/1.1", &["cookie: other=1"], "", "not declared"),
        (&forms, "POST /plain HTTP/1.1", &[], "", "no content type"),
        (&forms, "POST /plain HTTP/1.1", &["content-type: text/plain"], "a", "not described"),
        (&forms, "POST /plain HTTP/1.1", form, "name=a", "tags is missing"),
        (&forms, "POST /plain HTTP/1.1", form, "name=a&tags=b&x=1", "not described"),
        (&forms, "POST /plain HTTP/1.1", form, "name=a&tags=b&on=1", "no boolean"),
    ];
    for (document, line, headers, body, message) in rows {
        let mut seen = Seen::default();
        seen.line = (*line).to_owned();
        seen.headers = headers.iter().map(|&header| header.to_owned()).collect();
        seen.body = body.as_bytes().to_vec();
        let error = document.parse(&sent(&seen)).unwrap_err();
        assert!(error.contains(message), "{line}: {error}");
    }
}
