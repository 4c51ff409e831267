//! Parameters in each style: RFC 6570 and the table "Style Examples" of OpenAPI 3.0.3, section
//! Parameter Object, whose values are used.

use std::collections::BTreeMap;

use crate::{client, done, expect_targets};

const LIST: &[&str] = &["blue", "black", "brown"];

/// The object of the table, its members in the document's order.
macro_rules! shade {
    ($name:ident) => {
        &$name::types::Shade::builder().b(150).g(200).r(100)
    };
}

#[tokio::test]
async fn simple_paths() {
    let peer = done();
    let client = client!(path_simple, peer);
    client.one("blue").await.unwrap();
    client.one("a b/c?d#e%f").await.unwrap();
    client.one("-._~!$&'()*+,;=:@").await.unwrap();
    client.one("größe 日").await.unwrap();
    client.list(LIST).await.unwrap();
    client.list(&["a,b", "c"]).await.unwrap();
    client.shade(shade!(path_simple)).await.unwrap();
    client.exploded(shade!(path_simple)).await.unwrap();
    let day = "2020-02-29".parse().unwrap();
    client.flags(&path_simple::types::FlagsLevel::N2, true, &day).await.unwrap();
    expect_targets(
        &peer,
        &[
            ("/one/blue", "RFC 6570 3.2.2, {var}"),
            ("/one/a%20b%2Fc%3Fd%23e%25f", "RFC 6570 3.2.1: what is not unreserved is escaped"),
            ("/one/-._~%21%24%26%27%28%29%2A%2B%2C%3B%3D%3A%40", "RFC 6570 1.5, unreserved"),
            ("/one/gr%C3%B6%C3%9Fe%20%E6%97%A5", "RFC 6570 1.6: as UTF-8"),
            ("/list/blue,black,brown", "OpenAPI 3.0.3, simple array; RFC 6570 3.2.2, {list}"),
            ("/list/a%2Cb,c", "RFC 6570 3.2.1: a comma in a value is escaped"),
            ("/shade/R,100,G,200,B,150", "OpenAPI 3.0.3, simple object; RFC 6570 3.2.2, {keys}"),
            ("/exploded/R=100,G=200,B=150", "OpenAPI 3.0.3, exploded; RFC 6570 3.2.2, {keys*}"),
            ("/flags/2/true/2020-02-29", "OpenAPI 3.0.3, Parameter Object: JSON's text of scalars"),
        ],
    );
}

/// RFC 3986, section 3.3: an empty segment is another path; section 5.2.4: so are `.` and `..`.
#[tokio::test]
async fn a_path_that_would_become_another_one_is_not_sent() {
    let peer = done();
    let client = client!(path_simple, peer);
    for value in ["", ".", ".."] {
        let error = client.one(value).await.unwrap_err();
        assert!(matches!(error, path_simple::Error::Request(_)), "{value:?}: {error}");
    }
    expect_targets(&peer, &[]);
}

#[tokio::test]
async fn label_paths() {
    let peer = done();
    let client = client!(path_label, peer);
    client.plain("blue", LIST, shade!(path_label)).await.unwrap();
    client.exploded(LIST, shade!(path_label)).await.unwrap();
    expect_targets(
        &peer,
        &[
            ("/plain/.blue/.blue,black,brown/.R,100,G,200,B,150", "RFC 6570 3.2.5, {.list}"),
            ("/exploded/.blue.black.brown/.R=100.G=200.B=150", "RFC 6570 3.2.5, {.list*}"),
        ],
    );
}

#[tokio::test]
async fn matrix_paths() {
    let peer = done();
    let client = client!(path_matrix, peer);
    client.plain("blue", LIST, shade!(path_matrix)).await.unwrap();
    client.exploded(LIST, shade!(path_matrix)).await.unwrap();
    expect_targets(
        &peer,
        &[
            (
                "/plain/;color=blue/;list=blue,black,brown/;shade=R,100,G,200,B,150",
                "RFC 6570 3.2.7, {;list}; OpenAPI 3.0.3, matrix",
            ),
            (
                "/exploded/;list=blue;list=black;list=brown/;R=100;G=200;B=150",
                "RFC 6570 3.2.7, {;list*}; OpenAPI 3.0.3, matrix exploded",
            ),
        ],
    );
}

#[tokio::test]
async fn form_queries() {
    let peer = done();
    let client = client!(query_form, peer);
    client.exploded().await.unwrap();
    client.exploded().color("blue").await.unwrap();
    client.exploded().color("").await.unwrap();
    client.exploded().color("a&b=c d+e").await.unwrap();
    client.exploded().list(LIST).await.unwrap();
    client.exploded().list(&[]).await.unwrap();
    client.exploded().shade(shade!(query_form)).await.unwrap();
    client.joined().color("blue").await.unwrap();
    client.joined().list(LIST).await.unwrap();
    client.joined().list(&["a,b", "c"]).await.unwrap();
    client.joined().shade(shade!(query_form)).await.unwrap();
    client.joined().color("1").color("2").list(LIST).await.unwrap();
    let mixed = query_form::types::Mixed::builder().b(2).d(4).a(5).c(3).e("x:{\"");
    client.exploded().mixed(&mixed).await.unwrap();
    expect_targets(
        &peer,
        &[
            ("/exploded", "OpenAPI 3.0.3, Parameter Object: what is not required may be left out"),
            ("/exploded?color=blue", "RFC 6570 3.2.8, {?var}"),
            ("/exploded?color=", "RFC 6570 3.2.8, {?empty}; OpenAPI 3.0.3, form, empty"),
            ("/exploded?color=a%26b%3Dc%20d%2Be", "RFC 6570 3.2.1"),
            ("/exploded?list=blue&list=black&list=brown", "OpenAPI 3.0.3, form exploded, array"),
            ("/exploded", "RFC 6570 2.3: an empty list is undefined"),
            ("/exploded?R=100&G=200&B=150", "OpenAPI 3.0.3, form exploded, object"),
            ("/joined?color=blue", "RFC 6570 3.2.8, {?var}"),
            ("/joined?list=blue,black,brown", "OpenAPI 3.0.3, form, array"),
            ("/joined?list=a%2Cb,c", "RFC 6570 3.2.1: a comma in a value is escaped"),
            ("/joined?shade=R,100,G,200,B,150", "OpenAPI 3.0.3, form, object"),
            ("/joined?color=2&list=blue,black,brown", "setting a parameter again replaces it"),
            ("/exploded?e=x%3A%7B%22&b=2&c=3&d=4&a=5", "members in the document's order"),
        ],
    );
}

#[tokio::test]
async fn delimited_queries() {
    let peer = done();
    let client = client!(query_delimited, peer);
    client.spaces(LIST).await.unwrap();
    client.pipes(LIST).await.unwrap();
    client.spaces(&["a"]).exploded(&[1, 2]).await.unwrap();
    client.pipes(&["a|b"]).exploded(&[1, 2]).await.unwrap();
    client.spaces(&["a"]).shade(shade!(query_delimited)).await.unwrap();
    client.pipes(&["a"]).shade(shade!(query_delimited)).await.unwrap();
    expect_targets(
        &peer,
        &[
            ("/spaces?list=blue%20black%20brown", "OpenAPI 3.0.3, spaceDelimited, array"),
            ("/pipes?list=blue%7Cblack%7Cbrown", "OpenAPI 3.0.3, pipeDelimited; RFC 3986 2: `|`"),
            ("/spaces?list=a&exploded=1&exploded=2", "OpenAPI 3.0.3: explode has one per value"),
            ("/pipes?list=a%7Cb&exploded=1&exploded=2", "the same"),
            ("/spaces?list=a&shade=R%20100%20G%20200%20B%20150", "OpenAPI 3.0.3, object"),
            ("/pipes?list=a&shade=R%7C100%7CG%7C200%7CB%7C150", "OpenAPI 3.0.3, object"),
        ],
    );
}

#[tokio::test]
async fn deep_objects() {
    let peer = done();
    let client = client!(deep_object, peer);
    let mut filter = deep_object::types::FindFilter::default();
    filter.name = Some("a&b".to_owned());
    let mut size = deep_object::types::FindFilterSize::default();
    size.min = Some(1);
    filter.size = Some(size);
    filter.tags = Some(vec!["x".to_owned(), "y".to_owned()]);
    client.find().filter(&filter).await.unwrap();
    let labels = BTreeMap::from([("a b".to_owned(), "1".to_owned())]);
    client.find().labels(&labels).await.unwrap();
    let undefined = "OpenAPI 3.0.3 leaves what is nested in a deepObject open: more brackets";
    expect_targets(
        &peer,
        &[
            (
                "/find?filter%5Bname%5D=a%26b&filter%5Bsize%5D%5Bmin%5D=1\
                 &filter%5Btags%5D%5B0%5D=x&filter%5Btags%5D%5B1%5D=y",
                undefined,
            ),
            ("/find?labels%5Ba%20b%5D=1", "OpenAPI 3.0.3, deepObject; RFC 3986 3.4: no brackets"),
        ],
    );
}

#[tokio::test]
async fn reserved_characters() {
    let peer = done();
    let client = client!(allow_reserved, peer);
    client.go("https://example.com/a?b=c&d=(e)+f;g,h#i[j]").from("a/b").await.unwrap();
    expect_targets(
        &peer,
        &[(
            "/go?to=https://example.com/a?b=c&d=(e)+f;g,h%23i%5Bj%5D&from=a%2Fb",
            "OpenAPI 3.0.3, allowReserved; RFC 3986 3.4: `#`, `[` and `]` are in no query",
        )],
    );
}

#[tokio::test]
async fn json_parameters() {
    let peer = done();
    let client = client!(json_parameter, peer);
    let place = json_parameter::types::Place::builder().x(1).y(2);
    client.find(&place).near(&place).x_near(&place).last(&place).note("a b").await.unwrap();
    let json = "%7B%22x%22%3A1%2C%22y%22%3A2%7D";
    let source = "OpenAPI 3.0.3, Parameter Object, `content`: the media type decides";
    expect_targets(&peer, &[(&format!("/find/{json}?near={json}&note=a%20b"), source)]);
    let seen = &peer.seen()[0];
    assert_eq!(seen.header("x-near"), Some(r#"{"x":1,"y":2}"#), "{source}");
    assert_eq!(seen.header("cookie"), Some(&*format!("last={json}")), "{source}");
}

#[tokio::test]
async fn header_parameters() {
    let peer = done();
    let client = client!(header_parameters, peer);
    let shade = header_parameters::types::Shade::builder().g(200).r(100);
    let request = client.read("a b, c").x_ids(&[1, 2, 3]).x_shade(&shade).x_exploded(&shade);
    let request = request.x_level(&header_parameters::types::ReadXLevel::High);
    request.if_modified_since("Sat, 29 Oct 1994 19:43:31 GMT").await.unwrap();
    client.read("größe").await.unwrap();
    let seen = peer.seen();
    for (name, expected, source) in [
        ("x-trace", Some("a b, c"), "RFC 9110 5.5: a value is sent as it is, not escaped"),
        ("x-ids", Some("1,2,3"), "OpenAPI 3.0.3, simple array"),
        ("x-shade", Some("R,100,G,200"), "OpenAPI 3.0.3, simple object"),
        ("x-exploded", Some("R=100,G=200"), "OpenAPI 3.0.3, simple exploded object"),
        ("x-level", Some("high"), "OpenAPI 3.0.3, simple"),
        ("if-modified-since", Some("Sat, 29 Oct 1994 19:43:31 GMT"), "RFC 9110 13.1.3"),
        ("authorization", None, "OpenAPI 3.0.3: such a parameter is ignored"),
    ] {
        assert_eq!(seen[0].header(name), expected, "{source}");
    }
    assert_eq!(seen[1].header("x-trace"), Some("größe"), "RFC 9110 5.5: obs-text");
    assert_eq!(seen[1].header("x-level"), None, "a default is the service's to apply");
}

/// RFC 9110, section 5.5: no line ends in a field value.
#[tokio::test]
async fn a_header_is_not_two() {
    let peer = done();
    let client = client!(header_parameters, peer);
    let error = client.read("a\r\nx-evil: b").await.unwrap_err();
    assert!(matches!(error, header_parameters::Error::Request(_)), "{error}");
    expect_targets(&peer, &[]);
}

#[tokio::test]
async fn cookie_parameters() {
    let peer = done();
    let client = client!(cookie_parameters, peer);
    let dark = cookie_parameters::types::ReadTheme::Dark;
    client.read("a;b=c d").ids(&[1, 2]).theme(&dark).await.unwrap();
    assert_eq!(
        peer.seen()[0].header("cookie"),
        Some("session=a%3Bb%3Dc%20d; ids=1,2; theme=dark"),
        "OpenAPI 3.0.3, form; RFC 6265 4.2.1: pairs are told apart by `; `"
    );
}

#[tokio::test]
async fn enumerations_and_formats() {
    let peer = done();
    let client = client!(scalars, peer);
    let since = "2020-01-31T12:00:00.5+02:00".parse().unwrap();
    let id = "6f9619ff-8b86-d011-b42d-00cf4fc964ff";
    let raw = scalars::runtime::Base64::from(vec![251_u8, 255]);
    let body = scalars::types::Scalars::default();
    let _ = client.scalars(&body).since(&since).id(id).raw(&raw).await;
    let peer_of_enums = done();
    let client = client!(enums, peer_of_enums);
    let color = enums::types::Color::from("light green");
    let size = |text: &str| enums::types::EnumsSize::from(text);
    let _ = client.enums(&color).sizes(&[size("s"), size("xl")]).await;
    expect_targets(
        &peer,
        &[(
            "/scalars?since=2020-01-31T12%3A00%3A00.5%2B02%3A00\
             &id=6f9619ff-8b86-d011-b42d-00cf4fc964ff&raw=%2B%2F8%3D",
            "RFC 3339 5.6; RFC 4648 4: `+` and `/` are escaped in a query",
        )],
    );
    let unknown = "an unknown value is sent as it is";
    expect_targets(&peer_of_enums, &[("/enums/light%20green?sizes=s&sizes=xl", unknown)]);
}
