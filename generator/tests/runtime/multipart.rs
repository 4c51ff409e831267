//! Multipart bodies.

use std::collections::BTreeSet;

use crate::fake::{Fake, Numbered, canned, read, run};
use crate::runtime::{Body, Credential, Multipart, Part};

pub(crate) fn parts(file: impl Into<Body>) -> Multipart {
    let file = Part::new(file).file_name("Ümläut \"1\"\r\n.txt").content_type("text/plain\r\nx: y");
    Multipart::new()
        .part("attributes", Part::new(r#"{"a":1}"#).content_type("application/json"))
        .part("tag", "one")
        .part("tag", "two".to_owned())
        .part("na\"me", vec![0, 255])
        .part("file", file)
}

pub(crate) fn expected(boundary: &str) -> Vec<u8> {
    let text = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"attributes\"\r\n\
         Content-Type: application/json\r\n\r\n{{\"a\":1}}\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"tag\"\r\n\r\none\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"tag\"\r\n\r\ntwo\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"na%22me\"\r\n\r\n\0?\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; \
         filename=\"Ümläut %221%22%0D%0A.txt\"\r\nContent-Type: text/plain  x: y\r\n\r\n\
         content\r\n--{boundary}--\r\n"
    );
    let mut bytes = text.into_bytes();
    let binary = bytes.iter().position(|byte| *byte == 0).unwrap() + 1;
    bytes[binary] = 255;
    bytes
}

pub(crate) fn boundary(content_type: &str) -> &str {
    content_type.strip_prefix("multipart/form-data; boundary=").unwrap()
}

#[test]
fn parts_one_after_the_other() {
    let fake = Fake::new([canned(201, "")]);
    run(fake.client().upload(parts("content")).into_future()).unwrap();
    let request = fake.requests().remove(0);
    let boundary = boundary(request.headers()["content-type"].to_str().unwrap());
    assert_eq!(request.body(), &expected(boundary));
    let nothing = Fake::default().client().upload(Multipart::new()).into_request().unwrap();
    assert!(read(nothing.into_body()).unwrap().ends_with(b"--\r\n"));
}

#[test]
fn boundaries_differ() {
    let one = || {
        let request = Fake::default().client().upload(Multipart::new()).into_request().unwrap();
        let header = request.headers()["content-type"].to_str().unwrap();
        let boundary = boundary(header).to_owned();
        assert_eq!(boundary.len(), 32);
        boundary
    };
    assert_eq!((0..50).map(|_| one()).collect::<BTreeSet<_>>().len(), 50);
}

#[test]
fn parts_in_memory_are_sent_again_after_401() {
    let fake = Fake::new([canned(401, ""), canned(201, "")]);
    let credential = Credential::provider(Numbered::default());
    let client = fake.configure(|builder| builder.credential("OAuth2", credential));
    run(client.upload(parts("content")).into_future()).unwrap();
    let [first, second] = &fake.requests()[..] else { panic!("it is sent twice") };
    assert_eq!(first.body(), second.body());
}
