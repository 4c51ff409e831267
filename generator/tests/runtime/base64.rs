//! `Base64`.

use serde_json::{from_str, json, to_string};

use crate::runtime::Base64;

/// RFC 4648, section 10.
#[test]
fn rfc_4648_vectors() {
    for (bytes, text) in [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ] {
        let value = Base64::from(bytes);
        assert_eq!(to_string(&value).unwrap(), json!(text).to_string());
        assert_eq!(from_str::<Base64>(&json!(text).to_string()).unwrap(), value);
        let unpadded = json!(text.trim_end_matches('=')).to_string();
        assert_eq!(from_str::<Base64>(&unpadded).unwrap().0, bytes);
    }
    assert_eq!(to_string(&Base64::from(vec![0xfb, 0xff])).unwrap(), "\"+/8=\"");
}

#[test]
fn what_is_no_base64_is_an_error() {
    for text in ["\"*\"", "\"Zg=\\n=\"", "\"Z\"", "5", "null"] {
        assert!(from_str::<Base64>(text).is_err(), "{text}");
    }
}
