//! Where tokens come from.

use std::fs;

use box_emulator::{Action, Emulator, Fault, FaultPlan, FaultResponse, Operation};
use box_upload_sessions::runtime::{Credential, Secret};
use box_upload_sessions::{Client, Error};
use box_uploader::Uploader;
use box_uploader::credentials::{Credentials, CredentialsError, Subject};
use futures_util::future::join_all;

use crate::support::emulator;

fn client(emulator: &Emulator, credential: impl Into<Credential>) -> Client {
    let client = Client::builder().base_url(emulator.url()).access_token(credential);
    client.build().unwrap()
}

/// Asks for a file that does not exist: 404 with a good token, 401 with another one. Without a
/// token, it returns the reason in place of one.
async fn ask(client: &Client) -> Result<u16, CredentialsError> {
    match client.get_file("9").await.unwrap_err() {
        Error::Token(error) => Err(*error.downcast().unwrap()),
        other => Ok(other.status().unwrap().as_u16()),
    }
}

fn grant(emulator: &Emulator) -> Credential {
    let subject = Subject::Enterprise("7".to_owned());
    let credentials = Credentials::client_credentials("id", "hush", subject);
    assert_eq!(format!("{credentials:?}"), "Credentials(client \"id\" for Enterprise(\"7\"))");
    credentials.into_credential(Client::builder().base_url(emulator.url()).build().unwrap())
}

fn token_requests(emulator: &Emulator) -> usize {
    let is_one = |operation| operation == Some(Operation::RequestToken);
    emulator.requests().iter().filter(|request| is_one(request.operation)).count()
}

/// An emulator that accepts the tokens that it issued, and one more.
async fn strict(faults: FaultPlan) -> Emulator {
    emulator().token("nobody's").faults(faults).start().await.unwrap()
}

#[tokio::test]
async fn many_requests_share_one_token() {
    let emulator = strict(FaultPlan::default()).await;
    let client = client(&emulator, grant(&emulator));
    let responses = join_all((0..20).map(|_| ask(&client))).await;
    assert!(responses.into_iter().all(|response| response.unwrap() == 404));
    assert_eq!(token_requests(&emulator), 1);
}

#[tokio::test]
async fn a_token_that_ends_early_is_renewed_once_for_all() {
    let ends = |nth| Fault::nth(Operation::UploadPart, nth, Action::ExpireToken);
    let emulator = strict(FaultPlan::new(1).fault(ends(2)).fault(ends(7))).await;
    let uploader = Uploader::new(client(&emulator, grant(&emulator))).sessions_from(1);
    let content = vec![7; 20_000];
    let uploaded = uploader.bytes("name", content.clone()).to_folder("0").send().await.unwrap();
    assert!(emulator.content(&uploaded.file.id).await.unwrap() == content);
    let refused = emulator.requests().iter().filter(|r| r.status == Some(401)).count();
    assert!(refused >= 2, "{refused}");
    assert_eq!(token_requests(&emulator), 3);
}

#[tokio::test]
async fn a_missing_token_has_a_reason() {
    let busy = Fault::nth(Operation::RequestToken, 1, Action::Respond(FaultResponse::new(503)));
    let emulator = strict(FaultPlan::new(1).fault(busy)).await;
    let subject = || Subject::User("8".to_owned());
    let plain = || Client::builder().base_url(emulator.url()).build().unwrap();
    let credential = |id| Credentials::client_credentials(id, "hush", subject());
    let client = client(&emulator, credential("").into_credential(plain()));

    let busy = ask(&client).await.unwrap_err();
    assert!(busy.is_transient() && busy.to_string().contains("503"), "{busy}");
    let wrong = ask(&client).await.unwrap_err();
    let told = "cannot obtain an access token: the service responded with 400 Bad Request: invalid_client: \
                missing client credentials";
    assert_eq!((wrong.to_string().as_str(), wrong.is_transient()), (told, false));
}

#[tokio::test]
async fn a_token_file_is_read_again() {
    let emulator = emulator().token("second").start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let plain = Client::builder().base_url(emulator.url()).build().unwrap();
    let client = client(&emulator, Credentials::token_file(&path).into_credential(plain));
    let failure = || async { ask(&client).await.unwrap_err().to_string() };

    let shown = path.display().to_string();
    let missing = failure().await;
    assert_eq!(missing, format!("cannot read the access token in `{shown}`"));
    fs::write(&path, " \n").unwrap();
    let empty = failure().await;
    assert_eq!(empty, format!("no access token in `{shown}`"));
    fs::write(&path, "hush hush").unwrap();
    let several = failure().await;
    assert_eq!(several, format!("more than an access token in `{shown}`"));

    fs::write(&path, "first\n").unwrap();
    assert_eq!(ask(&client).await.unwrap(), 401);
    fs::write(&path, "second\n").unwrap();
    assert_eq!(ask(&client).await.unwrap(), 404);
    // While the file is being replaced.
    fs::write(&path, "").unwrap();
    assert_eq!(ask(&client).await.unwrap(), 404);
}

#[tokio::test]
async fn a_rejected_token_is_not_given_again_from_memory() {
    let emulator = emulator().token("second").start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    fs::write(&path, "first").unwrap();
    let plain = Client::builder().base_url(emulator.url()).build().unwrap();
    let client = client(&emulator, Credentials::token_file(&path).into_credential(plain));
    assert_eq!(ask(&client).await.unwrap(), 401);
    fs::remove_file(&path).unwrap();
    let error = ask(&client).await.unwrap_err().to_string();
    assert!(error.starts_with("cannot read the access token"), "{error}");
}

#[tokio::test]
async fn a_fixed_token_is_sent_as_it_is() {
    let emulator = emulator().token("fixed").start().await.unwrap();
    for (token, status) in [("fixed", 404), ("other", 401)] {
        let credentials = Credentials::access_token(Secret::from(token));
        assert_eq!(format!("{credentials:?}"), "Credentials(access token)");
        let plain = Client::builder().base_url(emulator.url()).build().unwrap();
        let client = client(&emulator, credentials.into_credential(plain));
        assert_eq!(ask(&client).await.unwrap(), status);
    }
}

#[cfg(feature = "jwt")]
#[tokio::test]
async fn a_signed_assertion_gets_a_token_for_each_subject() {
    let emulator = strict(FaultPlan::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    let auth = serde_json::json!({
        "publicKeyID": "key1",
        "privateKey": include_str!("../../src/credentials/jwt/keys/des3.pem"),
        "passphrase": "hush-phrase",
    });
    let app =
        serde_json::json!({ "clientID": "app", "clientSecret": "hush-secret", "appAuth": auth });
    let config = serde_json::json!({ "boxAppSettings": app, "enterpriseID": "7" });
    fs::write(&path, config.to_string()).unwrap();
    for (subject, user, shown) in [
        (None, "1", "Enterprise(\"7\")"),
        (Some(Subject::User("8".to_owned())), "8", "User(\"8\")"),
    ] {
        let credentials = Credentials::jwt_config(&path, subject).unwrap();
        assert_eq!(
            format!("{credentials:?}"),
            format!("Credentials(JWT of client \"app\" for {shown})")
        );
        let plain = Client::builder().base_url(emulator.url()).build().unwrap();
        let client = client(&emulator, credentials.into_credential(plain));
        assert_eq!(client.get_current_user().await.unwrap().id, user);
        assert_eq!(ask(&client).await.unwrap(), 404);
    }
    assert_eq!(token_requests(&emulator), 2);
}
