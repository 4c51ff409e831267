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
fn other_alphabets_are_read_and_kept() {
    let bytes = Base64::from(vec![0xfb, 0xff, 0xfe]);
    for text in ["+//+", "-__-", "+__+", "-_\r\n_-\n", " +//+"] {
        let encoded = json!(text).to_string();
        let mut read: Base64 = from_str(&encoded).unwrap();
        assert_eq!(read, bytes, "{text:?}");
        assert_eq!(to_string(&read).unwrap(), encoded);
        read.0 = vec![0].into();
        assert_eq!(to_string(&read).unwrap(), "\"AA==\"");
    }
    for text in ["Zg", "Zg=", "Zg==", "Zg==\n"] {
        let encoded = json!(text).to_string();
        let read: Base64 = from_str(&encoded).unwrap();
        assert_eq!((&read.0[..], to_string(&read).unwrap()), (&b"f"[..], encoded));
    }
}

#[test]
fn invalid_base64_is_an_error() {
    for text in ["\"*\"", "\"Zg=a=\"", "\"Z\"", "5", "null"] {
        assert!(from_str::<Base64>(text).is_err(), "{text}");
    }
}
