//! A new user's session with each way in: who they are, an upload, and the same upload again.

use box_emulator::Emulator;
use serde_json::json;
use tokio::process::Command;

use super::{Ended, Home, MIB, TOKEN, end, only_file};

/// An emulator that takes the tokens that it gave, and one that a user was given.
pub(super) async fn strict() -> Emulator {
    Emulator::builder().part_size(MIB).token(TOKEN).start().await.unwrap()
}

/// Asks who they are, uploads a file, and uploads it again.
pub(super) async fn work(home: &Home, emulator: &Emulator, user: &str, way: impl Fn(&mut Command)) {
    home.file("a.txt", "abc");
    let run = async |arguments: &[&str]| -> Ended {
        let mut command = home.command(arguments);
        command.env("BOX_BASE_URL", emulator.url());
        way(&mut command);
        end(&mut command).await
    };
    let who = run(&["whoami"]).await;
    let line = format!("{user}\tuser-{user}@example.com\tUser {user}\n");
    assert_eq!((who.code, &*who.out), (Some(0), &*line), "{who:?}");
    let stored = run(&["a.txt", "--to", "/Documents", "--parents"]).await;
    assert_eq!(stored.code, Some(0), "{stored:?}");
    assert_eq!(only_file(emulator).await.1, b"abc");
    let again = run(&["a.txt", "--to", "/Documents", "--json"]).await;
    assert_eq!(again.last_event()["unchanged"], json!(true), "{again:?}");
}

#[tokio::test]
async fn a_token_and_a_file_with_one() {
    let (home, emulator) = (Home::new(), strict().await);
    work(&home, &emulator, "1", |command| {
        command.env("BOX_ACCESS_TOKEN", TOKEN);
    })
    .await;
    let emulator = strict().await;
    let path = home.file("token", TOKEN);
    work(&home, &emulator, "1", |command| {
        command.env("BOX_ACCESS_TOKEN_FILE", &path);
    })
    .await;
}

#[tokio::test]
async fn client_credentials() {
    let (home, emulator) = (Home::new(), strict().await);
    work(&home, &emulator, "8", |command| {
        command.env("BOX_CLIENT_ID", "app").env("BOX_CLIENT_SECRET", "hush");
        command.env("BOX_USER_ID", "8");
    })
    .await;
}

#[cfg(feature = "jwt")]
#[tokio::test]
async fn a_jwt_configuration() {
    let (home, emulator) = (Home::new(), strict().await);
    let auth = json!({
        "publicKeyID": "key1",
        "privateKey": include_str!("../../src/credentials/jwt/keys/des3.pem"),
        "passphrase": "hush-phrase",
    });
    let app = json!({ "clientID": "app", "clientSecret": "hush-secret", "appAuth": auth });
    let config = json!({ "boxAppSettings": app, "enterpriseID": "7" }).to_string();
    let path = home.file("config.json", config);
    work(&home, &emulator, "8", |command| {
        command.env("BOX_JWT_CONFIG", &path).env("BOX_USER_ID", "8");
    })
    .await;
    let emulator = strict().await;
    work(&home, &emulator, "9", |command| {
        command.args(["--as-user", "9", "--jwt-config"]).arg(&path);
    })
    .await;
    let path = home.file("config.json", "\"hush-secret\"");
    let mut command = home.to(&emulator, &["whoami", "--jwt-config", path.to_str().unwrap()]);
    let ended = end(&mut command).await;
    assert_eq!(ended.code, Some(4), "{ended:?}");
    assert!(ended.err.contains("line 1, column 13") && !ended.err.contains("hush"), "{ended:?}");
}
