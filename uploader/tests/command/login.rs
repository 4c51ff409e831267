//! Signing in with a browser.

use std::path::PathBuf;

use box_emulator::{Emulator, Operation};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use super::ways::{strict, work};
use super::{Ended, Home, end, end_of, watched};

/// What a browser gets for a URL: the response's head and body.
pub(super) async fn get(url: &str) -> String {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    watched(stream.read_to_string(&mut response)).await.unwrap();
    response
}

/// The page of the emulator at which the sign-in begins.
struct Begun {
    child: Child,
    url: String,
}

fn login(home: &Home, emulator: &Emulator, more: &[&str]) -> Command {
    let mut command = home.command(&[&["login", "--no-browser"], more].concat());
    command.env("BOX_BASE_URL", emulator.url());
    command.env("BOX_CLIENT_ID", "app").env("BOX_CLIENT_SECRET", "hush-secret");
    command
}

async fn begin(home: &Home, emulator: &Emulator, more: &[&str]) -> Begun {
    let mut child = login(home, emulator, more).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut next = async || watched(lines.next_line()).await.unwrap().unwrap();
    assert_eq!(next().await, "open this URL in a browser to sign in:");
    let url = next().await.trim().to_owned();
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Begun { child, url }
}

impl Begun {
    /// Where the emulator sends the browser.
    async fn follow(&self) -> String {
        let response = get(&self.url).await;
        let location = response.lines().find_map(|line| line.strip_prefix("location: "));
        location.unwrap_or_else(|| panic!("{response}")).to_owned()
    }
}

async fn sign_in(home: &Home, emulator: &Emulator, more: &[&str]) -> Ended {
    let begun = begin(home, emulator, more).await;
    let page = get(&begun.follow().await).await;
    assert!(page.starts_with("HTTP/1.1 200 OK") && page.contains("close this page"), "{page}");
    end_of(begun.child).await
}

fn profile(home: &Home, name: &str) -> PathBuf {
    let state = if cfg!(windows) { "." } else { ".local/state" };
    home.path(state).join("box-upload").join("profiles").join(format!("{name}.json"))
}

fn change(path: &PathBuf, member: &str, value: impl Into<Value>) {
    let mut stored: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    stored[member] = value.into();
    std::fs::write(path, stored.to_string()).unwrap();
}

fn token_requests(emulator: &Emulator) -> usize {
    let is_one = |operation| operation == Some(Operation::RequestToken);
    emulator.requests().iter().filter(|request| is_one(request.operation)).count()
}

#[tokio::test]
async fn a_user_signs_in_and_works() {
    let (home, emulator) = (Home::new(), strict().await);
    let signed_in = sign_in(&home, &emulator, &[]).await;
    assert_eq!(signed_in.code, Some(0), "{signed_in:?}");
    assert_eq!(signed_in.out, "1\tuser-1@example.com\tUser 1\n");
    let path = profile(&home, "default");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }
    // The variables of the application may stay.
    work(&home, &emulator, "1", |command| {
        command.env("BOX_CLIENT_ID", "app").env("BOX_CLIENT_SECRET", "hush-secret");
    })
    .await;
    assert_eq!(token_requests(&emulator), 1);

    let whoami = async |emulator: &Emulator| {
        end(home.command(&["whoami"]).env("BOX_BASE_URL", emulator.url())).await
    };
    let elsewhere = whoami(&strict().await).await;
    assert_eq!(elsewhere.code, Some(4), "{elsewhere:?}");
    assert!(elsewhere.err.contains("is for http://127.0.0.1"), "{elsewhere:?}");
    change(&path, "refresh_token", "revoked");
    change(&path, "expires", 0);
    assert_eq!(whoami(&emulator).await.code, Some(0));
    // That one was used.
    change(&path, "refresh_token", "revoked");
    change(&path, "expires", 0);
    let revoked = whoami(&emulator).await;
    assert_eq!(revoked.code, Some(4), "{revoked:?}");
    assert!(revoked.err.contains("sign in again") && !revoked.err.contains("hush"), "{revoked:?}");
    std::fs::write(&path, "{\"client_secret\": \"hush").unwrap();
    let damaged = whoami(&emulator).await;
    assert!(damaged.err.contains("is damaged") && !damaged.err.contains("hush"), "{damaged:?}");

    let logout = home.run(&["logout"]).await;
    assert_eq!(logout.code, Some(0), "{logout:?}");
    assert!(logout.err.contains("remain valid") && logout.err.contains("damaged"), "{logout:?}");
    assert!(!path.exists());
    assert_eq!(home.run(&["logout"]).await.code, Some(4));
    let out = whoami(&emulator).await;
    assert!(out.code == Some(4) && out.err.contains("box-upload login"), "{out:?}");
}

#[tokio::test]
async fn logout_revokes_the_tokens() {
    let (home, emulator, other) = (Home::new(), strict().await, strict().await);
    assert_eq!(sign_in(&home, &emulator, &[]).await.code, Some(0));
    let path = profile(&home, "default");
    let kept = std::fs::read(&path).unwrap();
    // The tokens go to the service that they are from.
    let logout = end(home.command(&["logout"]).env("BOX_BASE_URL", other.url())).await;
    assert_eq!((logout.code, logout.out.as_str()), (Some(0), ""), "{logout:?}");
    assert_eq!(logout.err, "signed out of profile default\n");
    assert!(!path.exists() && other.requests().is_empty());
    let is_revocation = |operation| operation == Some(Operation::RevokeToken);
    let requests = emulator.requests();
    let revocations = requests.iter().filter(|request| is_revocation(request.operation));
    assert_eq!(revocations.count(), 2);
    std::fs::write(&path, kept).unwrap();
    let whoami = end(home.command(&["whoami"]).env("BOX_BASE_URL", emulator.url())).await;
    assert!(whoami.code == Some(4) && whoami.err.contains("sign in again"), "{whoami:?}");

    // Box does not listen: what is here is removed anyway.
    emulator.stop().await;
    let logout = home.run(&["logout"]).await;
    assert_eq!(logout.code, Some(0), "{logout:?}");
    assert!(logout.err.contains("the tokens remain valid until they expire"), "{logout:?}");
    assert!(!path.exists() && !logout.err.contains("hush"), "{logout:?}");
}

#[tokio::test]
async fn processes_share_a_refresh_token_that_is_valid_once() {
    let (home, emulator) = (Home::new(), strict().await);
    assert_eq!(sign_in(&home, &emulator, &["--profile", "work"]).await.code, Some(0));
    for round in 2..5 {
        change(&profile(&home, "work"), "expires", 0);
        let run = || async {
            let mut command = home.command(&["whoami"]);
            end(command.env("BOX_BASE_URL", emulator.url()).env("BOX_PROFILE", "work")).await
        };
        for ended in futures_util::future::join_all((0..8).map(|_| run())).await {
            assert_eq!(ended.code, Some(0), "{ended:?}");
        }
        assert_eq!(token_requests(&emulator), round);
    }
}

/// A process that was killed right after it had written new tokens.
#[tokio::test]
async fn tokens_that_were_written_are_not_lost() {
    let (home, emulator) = (Home::new(), strict().await);
    assert_eq!(sign_in(&home, &emulator, &[]).await.code, Some(0));
    let path = profile(&home, "default");
    let draft = path.with_extension("next");
    std::fs::copy(&path, &draft).unwrap();
    change(&path, "refresh_token", "used up");
    change(&path, "expires", 0);
    let whoami =
        async || end(home.command(&["whoami"]).env("BOX_BASE_URL", emulator.url())).await.code;
    assert_eq!(whoami().await, Some(0));
    assert!(!draft.exists());
    // One that was cut off counts for nothing, and is replaced.
    change(&path, "expires", 0);
    std::fs::write(&draft, "{\"service\": ").unwrap();
    assert_eq!(whoami().await, Some(0));
    let names = std::fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap());
    let mut names: Vec<_> = names.map(|entry| entry.file_name()).collect();
    names.sort();
    assert_eq!(names, ["default.json", "default.lock"]);
}

#[cfg(unix)]
#[tokio::test]
async fn odd_files_are_no_obstacle_and_no_leak() {
    use std::os::unix::fs::PermissionsExt;

    let (home, emulator) = (Home::new(), strict().await);
    assert_eq!(sign_in(&home, &emulator, &[]).await.code, Some(0));
    let path = profile(&home, "default");
    let whoami = async || end(home.command(&["whoami"]).env("BOX_BASE_URL", emulator.url())).await;
    let mode = || path.metadata().unwrap().permissions().mode() & 0o777;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let warned = whoami().await;
    assert_eq!((warned.code, mode()), (Some(0), 0o600), "{warned:?}");
    assert!(warned.err.contains("was readable by others, and no longer is"), "{warned:?}");
    assert!(!whoami().await.err.contains("others"));

    // New tokens go where a link leads.
    let elsewhere = home.path("elsewhere.json");
    std::fs::rename(&path, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
    change(&elsewhere, "expires", 0);
    assert_eq!(whoami().await.code, Some(0));
    assert!(path.symlink_metadata().unwrap().is_symlink());
    let stored: Value = serde_json::from_slice(&std::fs::read(&elsewhere).unwrap()).unwrap();
    assert_ne!(stored["expires"], 0);
    assert_eq!(end(&mut home.command(&["logout"])).await.code, Some(0));
    assert!(!elsewhere.exists() && path.symlink_metadata().is_err());

    // Nothing waits for a pipe, whatever it is in place of.
    for name in ["json", "lock", "next"] {
        let file = path.with_extension(name);
        let _ = std::fs::remove_file(&file);
        let made = std::process::Command::new("mkfifo").arg(&file).status().unwrap();
        assert!(made.success());
        let ended = whoami().await;
        assert_eq!(ended.code, Some(4), "{ended:?}");
        std::fs::remove_file(&file).unwrap();
        std::fs::write(&path, vec![b' '; 1 << 20]).unwrap();
    }
    let huge = whoami().await;
    assert!(huge.code == Some(4) && huge.err.contains("too large"), "{huge:?}");
}

#[tokio::test]
async fn only_the_browser_that_was_asked_signs_in() {
    let (home, emulator) = (Home::new(), strict().await);
    let begun = begin(&home, &emulator, &[]).await;
    let location = begun.follow().await;
    let (redirect, query) = location.split_once("/?").unwrap();
    // Opened ahead of time, as browsers do.
    let _idle = TcpStream::connect(redirect.strip_prefix("http://").unwrap()).await.unwrap();
    for path in ["/favicon.ico", "/?code=forged", "/?code=forged&state=guessed"] {
        let page = get(&format!("{redirect}{path}")).await;
        assert!(page.starts_with("HTTP/1.1 404"), "{page}");
    }
    get(&format!("{redirect}/?{query}")).await;
    assert_eq!(end_of(begun.child).await.code, Some(0));
}

#[tokio::test]
async fn a_sign_in_that_does_not_happen() {
    let (home, emulator) = (Home::new(), strict().await);
    let late = end(&mut login(&home, &emulator, &["--timeout", "200ms"])).await;
    assert_eq!(late.code, Some(4), "{late:?}");
    assert!(late.err.contains("time limit"), "{late:?}");

    let mut child = login(&home, &emulator, &["--json"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = watched(lines.next_line()).await.unwrap().unwrap();
    let event: Value = serde_json::from_str(&line).unwrap();
    let url = event["url"].as_str().unwrap();
    let location = Begun { child, url: url.to_owned() };
    let query = location.follow().await;
    let (redirect, state) = (query.split("?").next().unwrap(), query.split("&state=").nth(1));
    get(&format!("{redirect}?error=access_denied&state={}", state.unwrap())).await;
    let line = watched(lines.next_line()).await.unwrap().unwrap();
    let event: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(event["message"], "the sign-in was refused: access_denied");
    assert_eq!(end_of(location.child).await.code, Some(4));

    let nobody = home.run(&["login"]).await;
    assert!(nobody.code == Some(4) && nobody.err.contains("BOX_CLIENT_ID"), "{nobody:?}");
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = end(&mut login(&home, &emulator, &["--port", &port])).await;
    assert!(ended.code == Some(1) && ended.err.contains("--port"), "{ended:?}");
    let name = home.run(&["logout", "--profile", "../x"]).await;
    assert_eq!(name.code, Some(2), "{name:?}");
    assert!(!profile(&home, "default").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_ends_a_sign_in() {
    let (home, emulator) = (Home::new(), strict().await);
    let begun = begin(&home, &emulator, &[]).await;
    let id = begun.child.id().unwrap().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().await.unwrap();
    assert!(sent.success());
    assert_eq!(end_of(begun.child).await.code, Some(130));
}
