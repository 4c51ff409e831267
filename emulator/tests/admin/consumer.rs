//! Calls the emulator's API through the client generated from its document. A separate
//! program, because that client is generated when the test runs.

use box_emulator_admin::types::{
    CreateFolderBody, FolderAccess, IssueTokenBody, SetClockBody, SwitchFaultBody,
};
use box_emulator_admin::{Client, Error};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).ok_or("no URL given")?;
    let client = Client::builder().base_url(url).build()?;
    look_at_content(&client).await?;
    plan_faults(&client).await?;
    go_ahead_in_time(&client).await?;
    restore_a_snapshot(&client).await?;
    println!("done");
    Ok(())
}

async fn look_at_content(client: &Client) -> Result<(), Box<dyn std::error::Error>> {
    let content = client.content();
    let folder =
        content.create_folder(&CreateFolderBody::builder().name("Docs").parent("0")).await?;
    let file = content.store_file("a.txt", "one").folder(&folder.id).await?;
    assert_eq!(content.download_file(&file.id).await?.bytes().await?, "one");
    let state = client.state().get_state().await?;
    assert_eq!(state.folders[0].access, FolderAccess::Write);
    assert_eq!((state.files[0].size, state.files[0].version), (3, 1));
    // The caller of this program left a session with the second of its three parts.
    let session = &state.sessions[0];
    assert_eq!((&session.received, &session.missing), (&vec![2], &vec![1, 3]));
    content.abort_session(&session.id).await?;
    let error = content.delete_folder("0").await.unwrap_err();
    assert!(
        matches!(&error, Error::Response { body: Some(body), .. } if body.error.contains("root"))
    );
    let log = client.state().list_requests().after(1).await?.requests;
    assert_eq!((log[0].status, log[0].received), (Some(200), 1_000));
    assert!(log[0].curl.contains("curl"));
    Ok(())
}

async fn plan_faults(client: &Client) -> Result<(), Box<dyn std::error::Error>> {
    let faults = client.faults();
    faults.set_faults("faults: [{ on: get_file, do: truncate }]").await?;
    let shown = faults.add_fault("{ on: any, nth: 2, do: { respond: { status: 503 } } }").await?;
    assert_eq!((shown.faults.len(), shown.faults[1].enabled), (2, true));
    let shown = faults.switch_fault(2, &SwitchFaultBody::new(false)).await?;
    assert!(!shown.faults[1].enabled && shown.plan.starts_with("seed: 0"));
    assert!(faults.remove_faults().await?.faults.is_empty());
    Ok(())
}

async fn go_ahead_in_time(client: &Client) -> Result<(), Box<dyn std::error::Error>> {
    let time = client.time();
    let token = time.issue_token(&IssueTokenBody::default()).await?;
    assert_eq!((token.user.as_str(), token.access_token.len()), ("1", 32));
    assert_eq!(time.set_clock(&SetClockBody::new(7_200)).await?.ahead_seconds, 7_200);
    assert!(!client.state().get_state().await?.tokens[0].valid);
    Ok(())
}

async fn restore_a_snapshot(client: &Client) -> Result<(), Box<dyn std::error::Error>> {
    let state = client.state();
    let mut changes = state.watch_changes().await?;
    let first = changes.next().await.ok_or("no event")??.data.revision;
    let snapshot = state.take_snapshot().await?.bytes().await?;
    state.reset().await?;
    assert!(state.get_state().await?.files.is_empty());
    assert!(changes.next().await.ok_or("no event")??.data.revision > first);
    state.restore_snapshot(snapshot).await?;
    assert_eq!(state.get_state().await?.files[0].name, "a.txt");
    Ok(())
}
