//! What `ClientBuilder` refuses, and where its servers are.

use crate::fake::{Fake, canned, run};
use crate::runtime::{ClientBuilder, Server, Service};
use crate::service::SERVICE;

static RELATIVE_SERVER: Server = Server { url: "/api/v1/", variables: &[] };
static DOTTED_SERVER: Server = Server { url: "./v2", variables: &[] };
static RELATIVE: Service = Service {
    name: "relative",
    version: "0.1.0",
    servers: &[&RELATIVE_SERVER, &DOTTED_SERVER],
    trusted_hosts: &[],
    schemes: &[],
};

fn refusal(configure: impl FnOnce(ClientBuilder) -> ClientBuilder) -> String {
    let builder = configure(ClientBuilder::new(&SERVICE).transport(Fake::default()));
    let error = builder.build().unwrap_err().to_string();
    error.strip_prefix("cannot build the client: ").unwrap().to_owned()
}

/// The URL of a call to each server, with what `configure` says.
fn urls(configure: impl FnOnce(ClientBuilder) -> ClientBuilder) -> [String; 3] {
    let client = Fake::default().configure(configure);
    let url = |request: http::Request<_>| request.uri().to_string();
    [
        client.list_parts("1").into_request().map(url).unwrap(),
        client.download(1).into_request().map(url).unwrap(),
        client.rpc(&serde_json::json!({}), &[]).into_request().map(url).unwrap(),
    ]
}

#[test]
fn servers_are_those_of_the_document() {
    assert_eq!(
        urls(|builder| builder),
        [
            "https://upload.box.com/api/2.0/sessions/1/parts",
            "https://api.box.com/2.0/files/1/content",
            "https://api.box.com/rpc/call?tenant=7&fixed=1",
        ]
    );
}

#[test]
fn variables_are_chosen() {
    let [url, ..] = urls(|builder| {
        let builder = builder.variable("area", "/eu").variable("version", "3.0");
        builder.variable("upload-server", "fupload-ec2.app.box.com")
    });
    assert_eq!(url, "https://fupload-ec2.app.box.com/api/eu/3.0/sessions/1/parts");
    let error = refusal(|builder| builder.variable("version", "4"));
    assert_eq!(error, "`version` is `4`, not one of [\"2.0\", \"3.0\"]");
    let error = refusal(|builder| builder.variable("nothing", "4"));
    assert_eq!(error, "no server has a variable `nothing`");
}

#[test]
fn a_base_url_takes_every_server() {
    for base in ["http://127.0.0.1:8080", "http://127.0.0.1:8080/"] {
        assert_eq!(
            urls(|builder| builder.base_url(base)),
            [
                "http://127.0.0.1:8080/api/2.0/sessions/1/parts",
                "http://127.0.0.1:8080/2.0/files/1/content",
                "http://127.0.0.1:8080/rpc/call?tenant=7&fixed=1",
            ]
        );
    }
    let [url, ..] = urls(|builder| builder.base_url("https://Proxy.example.com:443/box/eu/"));
    assert_eq!(url, "https://proxy.example.com/box/eu/api/2.0/sessions/1/parts");
    let [url, ..] = urls(|builder| builder.base_url("http://[::1]:80"));
    assert_eq!(url, "http://[::1]/api/2.0/sessions/1/parts");
}

#[test]
fn an_invalid_base_url_is_refused() {
    for (url, what) in [
        ("", "the base URL is not a URL"),
        ("not a url", "is not a URL"),
        ("example.com", "is neither https nor http"),
        ("/path", "is not absolute"),
        ("ftp://example.com", "is neither https nor http"),
        ("http://me:secret@example.com", "has user information or an invalid port"),
        ("http://example.com:", "has user information or an invalid port"),
        ("http://example.com:080", "has user information or an invalid port"),
        ("http://example.com:99999", ""),
    ] {
        let error = refusal(|builder| builder.base_url(url));
        assert!(error.contains(what), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[test]
fn a_relative_server_needs_a_base_url() {
    let builder = || ClientBuilder::new(&RELATIVE).transport(Fake::default());
    let error = builder().build().unwrap_err().to_string();
    assert_eq!(error, "cannot build the client: `/api/v1/` is relative: set `base_url`");
    let client = builder().base_url("https://example.com/x").build().unwrap();
    assert_eq!(
        format!("{client:?}"),
        "Client(https://example.com/x/api/v1, https://example.com/x/v2)"
    );
}

/// RFC 3986, sections 4.2 and 5.2.4.
#[test]
fn every_form_of_a_server_url() {
    const fn server(url: &'static str) -> Server {
        Server { url, variables: &[] }
    }
    static SERVERS: [&Server; 11] = [
        &server("/"),
        &server(""),
        &server("/.well-known"),
        &server("/..odd/.hidden/"),
        &server("v1"),
        &server("./v1/."),
        &server("../../v1"),
        &server("//api.example.com:8443/v1"),
        &server("//api.example.com"),
        &server("https://api.example.com/a/../v1/?tenant=7"),
        &server("/to?url=https://example.com/x"),
    ];
    static FORMS: Service = Service { servers: &SERVERS, ..RELATIVE };
    let builder = || ClientBuilder::new(&FORMS).transport(Fake::default());
    let shown = |builder: ClientBuilder| {
        let shown = format!("{:?}", builder.build().unwrap());
        shown.replace("http://127.0.0.1:8080/proxy", "~")
    };
    assert_eq!(
        shown(builder().base_url("http://127.0.0.1:8080/proxy/")),
        "Client(~, ~, ~/.well-known, ~/..odd/.hidden, ~/v1, ~/v1, ~/v1, ~/v1, ~, ~/v1, ~/to)"
    );
    assert_eq!(
        shown(builder()),
        "Client(, , , , , , , https://api.example.com:8443/v1, https://api.example.com, \
         https://api.example.com/v1, )"
    );
}

#[test]
fn invalid_headers_and_hosts_are_refused() {
    assert_eq!(
        refusal(|builder| builder.default_header("a b", "c")),
        "`a b` is not a valid header name"
    );
    assert_eq!(
        refusal(|builder| builder.user_agent("a\nb")),
        "header `user-agent` contains a control character"
    );
    let odd =
        ["", "*", "*.", "*.*.com", "https://a.com", "a.com:443", "a..com", "a.com.", "b@a", "ä.de"];
    for host in odd {
        let error = refusal(|builder| builder.allow_host(host));
        assert_eq!(error, format!("`{host}` is neither a host nor `*.` followed by a host"));
    }
}

#[test]
fn default_headers_are_sent_unless_a_call_sets_them() {
    let fake = Fake::new([canned(204, ""), canned(204, ""), canned(204, "")]);
    let client = fake.configure(|builder| {
        let builder = builder.default_header("as-user", "1").default_header("accept", "text/plain");
        builder.default_header("as-user", "2")
    });
    run(client.delete("1").into_future()).unwrap();
    run(client.delete("1").header("As-User", "3").into_future()).unwrap();
    run(fake.configure(|builder| builder.user_agent("mine/1")).delete("1").into_future()).unwrap();
    let seen: Vec<_> = fake.requests().into_iter().map(|request| request.into_parts().0).collect();
    assert_eq!(seen[0].headers["as-user"], "2", "the last one holds");
    assert_eq!(seen[1].headers["as-user"], "3");
    assert_eq!(seen[0].headers["accept"], "text/plain");
    assert_eq!(seen[2].headers["accept"], "application/json");
    assert_eq!(seen[0].headers["user-agent"], "parts-client/1.2.3");
    assert_eq!(seen[2].headers["user-agent"], "mine/1");
}

#[test]
#[cfg(not(feature = "client"))]
fn without_the_feature_a_transport_must_be_given() {
    let client = ClientBuilder::new(&SERVICE).build().unwrap();
    let error = run(client.delete("1").into_future()).unwrap_err().to_string();
    let why = "there is no transport: set one, or enable the feature `client`";
    assert_eq!(error, format!("the request cannot be sent: {why}"));
}
