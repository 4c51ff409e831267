//! The demonstration.

use super::Home;

#[tokio::test]
async fn the_demonstration_recovers_from_every_fault() {
    let home = Home::new();
    let lines: String = (0..20_000).map(|line| format!("{line}\n")).collect();
    home.file("a.txt", lines);
    let ended = home.run(&["--demo", "a.txt", "--color", "never"]).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.ends_with("\ta.txt\n"), "{ended:?}");
    for said in [
        "Nothing leaves this computer",
        "Stopped halfway",
        "retried: Box reported that it exists, so it was used",
        "listed the parts: Box had it, so it was not sent again",
        "the second attempt kept ",
        "the file was there",
        "The file is complete. Its SHA-1 is ",
        "With an account, run: BOX_ACCESS_TOKEN=… box-upload a.txt --to 0",
    ] {
        assert!(ended.err.contains(said), "{said}: {}", ended.err);
    }
    assert!(!ended.err.contains('\u{1b}'), "{ended:?}");
}

#[tokio::test]
async fn files_of_any_size() {
    let home = Home::new();
    for size in [0, 1, 2, 5, 13] {
        home.file("a.txt", vec![b'x'; size]);
        let ended = home.run(&["--demo", "a.txt"]).await;
        assert_eq!(ended.code, Some(0), "{size}: {ended:?}");
        assert!(ended.err.contains("The file is complete"), "{size}: {ended:?}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_there() {
    let ended = Home::new().run(&["--demo", "a.txt"]).await;
    assert_eq!((ended.code, &*ended.out), (Some(1), ""));
    assert!(ended.err.contains("cannot read `a.txt`"), "{ended:?}");
}
