//! Folders that are named by their paths.

use box_emulator::{Action, Emulator, Fault, FaultPlan, FaultResponse, Operation};
use serde_json::json;

use super::{Home, MIB, emulator, only_file};

/// The path of the only file.
async fn only_path(emulator: &Emulator) -> String {
    only_file(emulator).await;
    let file = &emulator.files()[0];
    let folders = file.path_collection.as_ref().unwrap().entries.iter().flatten();
    let names = folders.skip(1).map(|folder| folder.name.clone().unwrap());
    let names: Vec<_> = names.chain(file.name.clone()).collect();
    names.join("/")
}

#[tokio::test]
async fn a_path_is_created_and_found_again() {
    let home = Home::new();
    let emulator = emulator().await;
    home.file("a.txt", "abc");
    let missing = home.upload(&emulator, &["a.txt", "--to", "/Backups/2026"]).await;
    assert_eq!((missing.code, &*missing.out), (Some(1), ""), "{missing:?}");
    assert!(missing.err.contains("there is no folder `Backups` in `/`"), "{missing:?}");
    assert!(missing.err.contains("--parents"), "{missing:?}");

    let created = home.upload(&emulator, &["a.txt", "--to", "/Backups/2026", "-p"]).await;
    assert_eq!(created.code, Some(0), "{created:?}");
    assert_eq!(only_path(&emulator).await, "Backups/2026/a.txt");
    // In another case, as at Box, and without creating anything.
    let again = home.upload(&emulator, &["a.txt", "--to", "/backups/2026/"]).await;
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(again.err.contains("unchanged"), "{again:?}");

    let partly = home.upload(&emulator, &["a.txt", "--to", "/Backups/2027"]).await;
    assert!(partly.err.contains("there is no folder `2027` in `/Backups`"), "{partly:?}");
    let file = home.upload(&emulator, &["a.txt", "--to", "/Backups/2026/a.txt", "-p"]).await;
    assert_eq!(file.code, Some(1), "{file:?}");
    let told = "`a.txt` in `/Backups/2026` is a file, not a folder";
    assert!(file.err.contains(told), "{file:?}");
}

#[tokio::test]
async fn folders_are_made_and_listed() {
    let home = Home::new();
    let emulator = emulator().await;
    let run = async |arguments: &[&str]| home.upload(&emulator, arguments).await;
    let orphan = run(&["mkdir", "/Films/2026"]).await;
    assert_eq!(orphan.code, Some(1), "{orphan:?}");
    let made = run(&["mkdir", "/Films", "/Films/2026", "--json"]).await;
    assert_eq!(made.code, Some(0), "{made:?}");
    let [films, year] = &made.events()[..] else { panic!("{made:?}") };
    assert_eq!((&films["created"], &year["path"]), (&json!(true), &json!("/Films/2026")));
    let again = run(&["mkdir", "/films"]).await;
    assert_eq!(again.code, Some(5), "{again:?}");
    let again = run(&["mkdir", "-p", "/Films/2026"]).await;
    assert_eq!(again.out, format!("{}\t/Films/2026\n", year["folder_id"].as_str().unwrap()));

    home.file("a b.txt", "abc");
    let films = films["folder_id"].as_str().unwrap();
    run(&["a b.txt", "--to", films]).await;
    let (file, _) = only_file(&emulator).await;
    let year = year["folder_id"].as_str().unwrap();
    let lines = format!("{year}\tfolder\t-\t2026\n{file}\tfile\t3\ta b.txt\n");
    for folder in ["/Films", films] {
        let listed = run(&["ls", folder]).await;
        assert_eq!((listed.code, &*listed.out), (Some(0), &*lines), "{listed:?}");
    }
    let listed = run(&["ls", "/Films", "--json"]).await.events();
    assert_eq!(listed.len(), 3);
    assert_eq!((&listed[1]["name"], &listed[1]["size"]), (&json!("a b.txt"), &json!(3)));
    assert_eq!(listed[2], json!({ "event": "listed", "folder_id": films, "items": 2 }));
    assert!(run(&["ls"]).await.out.ends_with("\tFilms\n"));
    let missing = run(&["ls", "99"]).await;
    assert_eq!(missing.code, Some(1), "{missing:?}");
    assert!(missing.err.contains("check the id"), "{missing:?}");
}

#[tokio::test]
async fn a_folder_of_many_pages_is_read_to_its_end() {
    let home = Home::new();
    let busy = Action::Respond(FaultResponse::new(503));
    let faults = FaultPlan::new(1).fault(Fault::nth(Operation::ListFolderItems, 2, busy));
    let emulator = Emulator::builder().part_size(MIB).faults(faults).start().await.unwrap();
    let paths: Vec<_> = (0..1_001).map(|number| format!("/{number:04}")).collect();
    let paths = paths.iter().map(String::as_str);
    let made = home
        .upload(&emulator, &["mkdir", "--quiet"].into_iter().chain(paths).collect::<Vec<_>>())
        .await;
    assert_eq!((made.code, made.out.lines().count()), (Some(0), 1_001));
    let listed = home.upload(&emulator, &["ls"]).await;
    assert_eq!((listed.code, listed.out.lines().count()), (Some(0), 1_001), "{}", listed.err);
    home.file("a.txt", "abc");
    let last = home.upload(&emulator, &["a.txt", "--to", "/1000"]).await;
    assert_eq!(last.code, Some(0), "{last:?}");
    assert_eq!(only_path(&emulator).await, "1000/a.txt");
}

#[tokio::test]
async fn a_dry_run_asks_for_no_folder() {
    let home = Home::new();
    home.file("a.txt", "abc");
    let plan = home.run(&["a.txt", "--to", "/Backups", "--dry-run", "--json"]).await;
    let planned = &plan.events()[0];
    assert_eq!(planned["folder_path"], "/Backups");
    assert_eq!(planned["folder_id"], json!(null));
}
