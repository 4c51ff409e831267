//! `open_enum!`: strings and numbers, known and unknown.

use std::collections::BTreeSet;

use serde_json::{from_str, from_value, json, to_string};

use crate::runtime::open_enum;
use crate::service::{ErrorCode, PartType};

open_enum! {
    /// A status.
    #[derive(Copy)]
    pub enum Status: i64 {
        /// 404
        NotFound = 404,
        /// -1
        Unknown = -1
    }
}

open_enum! {
    /// One value.
    pub enum One: i64 {
        #[doc = "1"]
        One = 1,
    }
}

#[test]
fn strings_there_and_back() {
    for (value, text) in [
        (ErrorCode::ItemNameInUse, "item_name_in_use"),
        (ErrorCode::NotFound, "not_found"),
        (ErrorCode::Other("brand \"new\"".to_owned()), "brand \"new\""),
        (ErrorCode::Other(String::new()), ""),
    ] {
        assert_eq!(value.as_str(), text);
        assert_eq!(value.to_string(), text);
        assert_eq!(ErrorCode::from(text), value);
        assert_eq!(text.parse(), Ok(value.clone()));
        let encoded = to_string(&value).unwrap();
        assert_eq!(encoded, json!(text).to_string());
        assert_eq!(from_str::<ErrorCode>(&encoded).unwrap(), value);
        assert_eq!(from_value::<ErrorCode>(json!(text)).unwrap(), value);
    }
    assert_eq!(format!("{:>10}|", ErrorCode::NotFound), " not_found|");
}

#[test]
fn numbers_there_and_back() {
    for (value, number) in
        [(Status::NotFound, 404), (Status::Unknown, -1), (Status::Other(i64::MAX), i64::MAX)]
    {
        assert_eq!(value.value(), number);
        assert_eq!(value.to_string(), number.to_string());
        assert_eq!(Status::from(number), value);
        assert_eq!(number.to_string().parse(), Ok(value));
        assert_eq!(to_string(&value).unwrap(), number.to_string());
        assert_eq!(from_str::<Status>(&number.to_string()).unwrap(), value);
    }
    assert!("x".parse::<Status>().is_err());
}

#[test]
fn another_json_type_is_an_error() {
    let error = from_str::<ErrorCode>("404").unwrap_err().to_string();
    assert_eq!(error, "invalid type: integer `404`, expected a string at line 1 column 3");
    assert!(from_str::<ErrorCode>("null").is_err());
    assert!(from_str::<Status>("\"404\"").is_err());
    assert!(from_str::<Status>("1.5").is_err());
}

#[test]
fn one_value_is_the_default() {
    assert_eq!(PartType::default(), PartType::UploadPart);
    assert_eq!(One::default(), One::One);
}

#[test]
fn values_are_compared_by_what_they_are_on_the_wire() {
    let set = BTreeSet::from([ErrorCode::NotFound, ErrorCode::ItemNameInUse, "x".into()]);
    assert!(set.contains(&ErrorCode::from("not_found")));
    let sorted: Vec<_> = set.iter().map(ErrorCode::as_str).collect();
    assert_eq!(sorted, ["item_name_in_use", "not_found", "x"]);
    assert_eq!(ErrorCode::Other("not_found".to_owned()), ErrorCode::NotFound);
    assert_ne!(ErrorCode::Other("NOT_FOUND".to_owned()), ErrorCode::NotFound);
    assert!(Status::Unknown < Status::Other(0) && Status::Other(0) < Status::NotFound);
    assert_eq!(Status::Other(404), Status::NotFound);
}

#[test]
fn debug_shows_the_value_on_the_wire() {
    assert_eq!(format!("{:?}", Some(ErrorCode::NotFound)), "Some(\"not_found\")");
    assert_eq!(format!("{:?}", ErrorCode::Other("\n".to_owned())), "\"\\n\"");
    assert_eq!(format!("{:?}", Status::NotFound), "404");
}
