//! The table "Style Examples" of OpenAPI 3.0.3, section Parameter Object, in every place that a
//! style is allowed in, with the values of that table. Where the two differ (label, of which 3.0.4
//! mends the row), RFC 6570, section 3.2, is what is meant.

use crate::peer::{Peer, Seen};
use crate::{client, done, target};

const LIST: &[&str] = &["blue", "black", "brown"];

/// Sends an empty string, a string, an empty list, a list and an object by each operation, and
/// compares what `$part` of the request is with the columns.
macro_rules! compare {
    ($part:ident; $($operation:ident [$($expected:literal)+])+) => {
        let peer = done();
        let client = client!(styles, peer);
        let shade = styles::types::Shade::builder().b(150).g(200).r(100);
        $(
            client.$operation().text("").await.unwrap();
            client.$operation().text("blue").await.unwrap();
            client.$operation().list(&[]).await.unwrap();
            client.$operation().list(LIST).await.unwrap();
            client.$operation().shade(&shade).await.unwrap();
            let name = stringify!($operation);
            assert_eq!($part(&peer, name), [$($expected),+], "{name}");
        )+
    };
}

/// One part of each request that was sent to this path.
fn parts(peer: &Peer, path: &str, part: fn(&Seen) -> String) -> Vec<String> {
    let path = format!("/{path}");
    let sent = peer.seen().into_iter();
    sent.filter(|seen| target(seen).split('?').next() == Some(&*path))
        .map(|seen| part(&seen))
        .collect()
}

#[tokio::test]
async fn queries() {
    fn query(peer: &Peer, path: &str) -> Vec<String> {
        let query =
            |seen: &_| target(seen).split_once('?').map_or("-", |(_, text)| text).to_owned();
        parts(peer, path, query)
    }
    compare! { query;
        query_form
            ["text=" "text=blue" "-" "list=blue,black,brown" "shade=R,100,G,200,B,150"]
        query_form_exploded
            ["text=" "text=blue" "-" "list=blue&list=black&list=brown" "R=100&G=200&B=150"]
        query_spaces
            ["text=" "text=blue" "-" "list=blue%20black%20brown"
             "shade=R%20100%20G%20200%20B%20150"]
        query_spaces_exploded
            ["text=" "text=blue" "-" "list=blue&list=black&list=brown" "R=100&G=200&B=150"]
        query_pipes
            ["text=" "text=blue" "-" "list=blue%7Cblack%7Cbrown"
             "shade=R%7C100%7CG%7C200%7CB%7C150"]
        query_pipes_exploded
            ["text=" "text=blue" "-" "list=blue&list=black&list=brown" "R=100&G=200&B=150"]
        query_deep
            ["text=" "text=blue" "-" "list%5B0%5D=blue&list%5B1%5D=black&list%5B2%5D=brown"
             "shade%5BR%5D=100&shade%5BG%5D=200&shade%5BB%5D=150"]
    }
}

#[tokio::test]
async fn headers() {
    fn header(peer: &Peer, path: &str) -> Vec<String> {
        parts(peer, path, |seen| {
            let value = ["text", "list", "shade"].iter().find_map(|name| seen.header(name));
            value.unwrap_or("-").to_owned()
        })
    }
    compare! { header;
        in_header ["" "blue" "-" "blue,black,brown" "R,100,G,200,B,150"]
        in_header_exploded ["" "blue" "-" "blue,black,brown" "R=100,G=200,B=150"]
    }
}

#[tokio::test]
async fn cookies() {
    fn cookie(peer: &Peer, path: &str) -> Vec<String> {
        parts(peer, path, |seen| seen.header("cookie").unwrap_or("-").to_owned())
    }
    compare! { cookie;
        in_cookie
            ["text=" "text=blue" "-" "list=blue,black,brown" "shade=R,100,G,200,B,150"]
        in_cookie_exploded
            ["text=" "text=blue" "-" "list=blue; list=black; list=brown" "R=100; G=200; B=150"]
    }
}

/// In a path nothing is optional: a string, a list and an object in one, and then with an empty
/// string, which is refused where the segment would be empty or `.` (RFC 3986, section 5.2.4).
#[tokio::test]
async fn paths() {
    const NONE: Option<&str> = None;
    let shade = styles::types::Shade::builder().b(150).g(200).r(100);
    let peer = done();
    let client = client!(styles, peer);
    macro_rules! compare {
        ($($operation:ident $path:literal $empty:expr;)+) => {$(
            let name = stringify!($operation);
            client.$operation("blue", LIST, &shade).await.unwrap();
            let sent = peer.seen().last().map(|seen| target(seen).to_owned());
            assert_eq!(sent, Some(format!("/{name}/{}", $path)));
            let empty = client.$operation("", LIST, &shade).await.ok().map(|()| {
                let target = target(peer.seen().last().unwrap()).to_owned();
                target.split('/').nth(2).unwrap().to_owned()
            });
            assert_eq!(empty.as_deref(), $empty, "{name}");
        )+};
    }
    compare! {
        path_simple "blue/blue,black,brown/R,100,G,200,B,150" NONE;
        path_simple_exploded "blue/blue,black,brown/R=100,G=200,B=150" NONE;
        path_label ".blue/.blue,black,brown/.R,100,G,200,B,150" NONE;
        path_label_exploded ".blue/.blue.black.brown/.R=100.G=200.B=150" NONE;
        path_matrix ";text=blue/;list=blue,black,brown/;shade=R,100,G,200,B,150" Some(";text");
        path_matrix_exploded
            ";text=blue/;list=blue;list=black;list=brown/;R=100;G=200;B=150" Some(";text");
    }
    let error = client.path_matrix("blue", &[], &shade).await.unwrap_err();
    assert!(matches!(error, styles::Error::Request(_)), "an empty list is undefined: {error}");
}
