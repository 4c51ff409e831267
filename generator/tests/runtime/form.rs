//! Form bodies.

use serde_json::{Value, json};

use crate::fake::{Fake, canned, run};
use crate::runtime::{Error, Style};

fn form(fields: &Value, styles: &[(&str, Style)]) -> String {
    let fake = Fake::new([canned(200, "done")]);
    assert_eq!(run(fake.client().rpc(fields, styles).into_future()).unwrap(), "done");
    let request = fake.requests().remove(0);
    assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
    String::from_utf8(request.into_body().to_vec()).unwrap()
}

#[test]
fn fields_by_default() {
    let fields = json!({
        "grant type": "a&b=c+d e", "n": 5, "yes": true, "no": null, "empty": "",
        "list": ["x", "y z"], "object": { "a": [1] },
    });
    assert_eq!(
        form(&fields, &[]),
        "grant%20type=a%26b%3Dc%2Bd%20e&n=5&yes=true&empty=&list=x&list=y%20z\
         &object=%7B%22a%22%3A%5B1%5D%7D"
    );
    assert_eq!(form(&json!({}), &[]), "");
}

#[test]
fn fields_in_the_style_of_their_encoding() {
    let fields = json!({ "list": [1, 2], "object": { "a": { "b": 1 } }, "other": [3, 4] });
    let styles = [("list", Style::PipeDelimited), ("object", Style::DeepObject)];
    assert_eq!(form(&fields, &styles), "list=1%7C2&object%5Ba%5D%5Bb%5D=1&other=3&other=4");
}

#[test]
fn only_an_object_is_a_form() {
    let client = Fake::default().client();
    let error = client.rpc(&json!([1]), &[]).into_request().unwrap_err();
    assert!(
        matches!(&error, Error::Request(text) if text == "a form must be an object"),
        "{error}"
    );
}
