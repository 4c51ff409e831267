//! Traits that programs rely on, most of them checked when this is compiled.

use std::collections::{BTreeMap, HashSet};
use std::error::Error;
use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::str::FromStr;

use serde_json::json;

use crate::{client, done};

/// What tokio's `spawn` takes, and a `static` holds.
fn is_shared<T: Send + Sync + 'static>(_: &T) {}

/// What tokio's `spawn` takes.
fn is_sent<T: Send + 'static>(_: &T) {}

fn is_value<T: Clone + Debug + Eq + Hash + Send + Sync + 'static>() {}

fn is_default<T: Default>() {}

fn is_error<T: Error + Send + Sync + 'static>() {}

fn is_text<T: FromStr + Display + for<'a> From<&'a str> + Default>() {}

#[tokio::test]
async fn requests_are_sent_from_other_tasks() {
    let peer = done();
    let client = client!(json_bodies, peer);
    is_shared(&client);
    is_shared(&json_bodies::Client::builder());
    let note = json_bodies::types::Note::new();
    let request = client.json(&note);
    is_shared(&request);
    // A task of its own, which is given the client.
    let other = client.clone();
    let task = tokio::spawn(async move { other.json(&json_bodies::types::Note::new()).await });
    task.await.unwrap().unwrap();
    tokio::spawn(request.clone().into_future()).await.unwrap().unwrap();

    let pages = client!(pagination, peer);
    is_sent(&pages.by_offset().stream());
    let streams = client!(streams, peer);
    is_sent(&streams.logs().into_future());
    let files = client!(multipart_kinds, peer);
    let form = multipart_kinds::operations::ManyForm::builder().author("a").file("f").title("t");
    is_sent(&form);
    is_sent(&files.many(form).into_future());
}

#[test]
fn responses_and_errors() {
    is_error::<shared_errors::Error<serde_json::Value>>();
    is_error::<shared_errors::Error<shared_errors::types::ApiError>>();
    is_error::<scalars::BuildError>();
    fn stream<T: Send + Sync + 'static>() {}
    stream::<streams::runtime::Body>();
    stream::<streams::runtime::EventStream<streams::types::Chunk>>();
    stream::<streams::runtime::JsonLines<streams::types::Chunk>>();
}

#[test]
fn records_are_compared_as_their_members_are() {
    is_value::<constructors::types::File>();
    is_value::<enums::types::Enums>();
    is_value::<maps::types::Maps>();
    is_value::<one_of::types::Tagged>();
    is_value::<tuples::types::LineLabels>();
    is_value::<scalars::runtime::Base64>();
    is_value::<scalars::runtime::Date>();
    is_value::<scalars::runtime::DateTime>();
    is_default::<scalars::types::Scalars>();
    is_default::<nullable::types::Inner>();
    // A member that is the same moment in other words.
    let at = |time: &str| -> nullable::types::Both {
        serde_json::from_value(json!({"always": null, "never": "n", "when": time})).unwrap()
    };
    let all = [at("2024-02-29T12:00:00Z"), at("2024-02-29T13:00:00+01:00")];
    assert_eq!(HashSet::from(all).len(), 1);
}

#[test]
fn enumerations_are_texts() {
    is_value::<enums::types::Color>();
    is_text::<enums::types::One>();
    is_value::<enums::types::Level>();
    let colors = BTreeMap::from([("a", enums::types::Color::from("red"))]);
    assert_eq!(colors["a"].to_string().parse(), Ok(enums::types::Color::Red));
    assert_eq!("-3".parse(), Ok(enums::types::Level::Minus3));
    assert_eq!(enums::types::Level::from(2).to_string(), "2");
}
