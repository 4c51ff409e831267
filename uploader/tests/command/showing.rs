//! What the command prints for unexpected responses and names.

use box_emulator::{Action, Emulator, Fault, FaultPlan, Operation};
use serde_json::json;

use super::canned::Canned;
use super::{Ended, Home, MIB, TOKEN, emulator, end};

async fn upload(home: &Home, server: &Canned) -> Ended {
    home.file("a.txt", "abc");
    let mut command = home.command(&["a.txt", "--to", "0"]);
    end(command.env("BOX_ACCESS_TOKEN", TOKEN).env("BOX_BASE_URL", &server.url)).await
}

#[tokio::test]
async fn a_proxys_error_is_not_attributed_to_box() {
    let page = "<html><title>Blocked</title></html>";
    let home = Home::new();
    for head in ["403 Forbidden\r\ncontent-type: text/html; charset=utf-8", "403 Forbidden"] {
        let ended = upload(&home, &Canned::start(head, page).await).await;
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.err.contains("from a proxy or firewall"), "{ended:?}");
        assert!(!ended.err.contains("Box rejected"), "{ended:?}");
        assert!(!ended.err.contains("folder's owner"), "{ended:?}");
    }
    let server = Canned::start("407 Proxy Authentication Required", "").await;
    let ended = upload(&home, &server).await;
    assert!(ended.err.contains("the proxy requires authentication"), "{ended:?}");
    assert!(ended.err.contains("hint: set HTTPS_PROXY="), "{ended:?}");
}

#[tokio::test]
async fn a_long_message_is_cut() {
    let message = format!("{}\u{202e}", "word ".repeat(2000));
    let body = json!({ "type": "error", "status": 400, "code": "bad_request", "message": message });
    let server = Canned::start("400 Bad Request", &body.to_string()).await;
    let ended = upload(&Home::new(), &server).await;
    assert!(ended.err.lines().all(|line| line.chars().count() < 700), "{ended:?}");
    assert!(ended.err.contains("bad_request: word word") && ended.err.contains('…'), "{ended:?}");
}

#[tokio::test]
async fn untrusted_urls_are_reported_once() {
    let other = Action::OtherHost("other.example".to_owned());
    let plan =
        FaultPlan::new(1).fault(Fault::nth(Operation::CreateUploadSession, 1, other).forever());
    let emulator = Emulator::builder().part_size(MIB).faults(plan).start().await.unwrap();
    let home = Home::new();
    home.large_file("a.bin");
    home.large_file("b.bin");
    let ended = home.upload(&emulator, &["a.bin", "b.bin", "--to", "0"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.err.matches("its host is not trusted").count(), 1, "{ended:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn hints_fit_the_failure() {
    let home = Home::new();
    let emulator = emulator().await;
    std::fs::create_dir(home.path("photos")).unwrap();
    home.file("photos/a\\b", "abc");
    let ended = home.upload(&emulator, &["photos", "--to", "0"]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("hint: rename it, or use --encode-names"), "{ended:?}");
    assert!(!ended.err.contains("--name"), "{ended:?}");
    let ended = home.upload(&emulator, &["photos/a\\b", "--to", "0"]).await;
    assert!(ended.err.contains("hint: choose another name with --name"), "{ended:?}");
}

#[tokio::test]
async fn a_token_file_may_have_a_byte_order_mark_and_a_line_end() {
    let emulator = Emulator::builder().token(TOKEN).start().await.unwrap();
    let home = Home::new();
    home.file("a.txt", "abc");
    home.file("token", format!("\u{feff}{TOKEN}\r\n"));
    let mut command = home.command(&["a.txt", "--to", "0", "--token-file", "token"]);
    let ended = end(command.env("BOX_BASE_URL", emulator.url())).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[tokio::test]
async fn refused_credentials_have_their_status() {
    let home = Home::new();
    let emulator = Emulator::builder().token("another");
    let emulator = emulator.start().await.unwrap();
    home.file("a.txt", "abc");
    let error = home.upload(&emulator, &["a.txt", "--to", "0", "--json"]).await.last_event();
    assert_eq!((&error["status"], &error["exit_code"]), (&json!(401), &json!(4)), "{error}");
}

#[tokio::test]
async fn a_dry_run_ends_with_a_summary() {
    let home = Home::new();
    let emulator = emulator().await;
    home.file("a.txt", "abc");
    let arguments = ["a.txt", "absent", "--to", "0", "--dry-run", "--json"];
    let summary = home.upload(&emulator, &arguments).await.last_event();
    assert_eq!(summary["event"], "summary");
    assert_eq!((&summary["planned"], &summary["failed"]), (&json!(1), &json!(1)), "{summary}");
    assert_eq!(summary["exit_code"], 1);
}
