//! Tests of the journal of a directory.

use super::*;

fn noted(name: &str) -> NotedFile {
    let folder = tempfile::tempdir().unwrap();
    let identity = Identity::of(&folder.path().metadata().unwrap());
    let sha1 = Sha1Hash::of(name.as_bytes());
    let name = name.to_owned();
    NotedFile {
        name,
        other_name: Some("other".to_owned()),
        id: "7".to_owned(),
        sha1,
        identity,
        changed_at: 5,
    }
}

fn open(folder: &Path) -> DirectoryLog {
    DirectoryLog::open(folder, b"key", true).unwrap()
}

fn journal(folder: &Path) -> PathBuf {
    folder.join(format!("{}.dir", Sha1Hash::of(b"key")))
}

#[test]
fn an_interrupted_run_is_continued_and_an_ended_one_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<_> = (0..2500).map(|number| noted(&number.to_string())).collect();
    let mut log = open(folder.path());
    assert!(log.find_folder("photos").is_none());
    log.note_folder("photos", "1", None, &files).unwrap();
    log.note_folder("photos/empty", "2", None, &[]).unwrap();
    drop(log);

    let mut log = open(folder.path());
    let record = log.find_folder("photos").unwrap();
    assert_eq!((&*record.id, record.is_current, record.files.len()), ("1", true, 2500));
    assert_eq!(record.find_name("2499"), Some(&files[2499].clone().into()));
    assert!(log.find_folder("photos/empty").unwrap().files.is_empty());
    log.note_folder("photos", "1", None, &files[..1]).unwrap();
    log.note_end().unwrap();
    drop(log);

    // The next run asks Box again, but need not hash what has not changed.
    let mut log = open(folder.path());
    let record = log.find_folder("photos").unwrap();
    assert_eq!((record.is_current, record.files.len()), (false, 1));
    drop(log);
    let mut log = DirectoryLog::open(folder.path(), b"key", false).unwrap();
    assert!(log.find_folder("photos").is_none() && log.take_warning().is_none());
}

/// A large folder is noted while it is uploaded.
#[test]
fn what_the_run_before_knew_completes_a_folder_that_was_not_done() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    log.note_folder("a", "1", None, &["x", "y"].map(noted)).unwrap();
    log.note_end().unwrap();
    drop(log);
    let newer = NotedFile { changed_at: 6, ..noted("y") };
    let mut log = open(folder.path());
    let before = log.note_folder("a", "1", None, &[noted("u")]).unwrap();
    log.note_folder("a", "1", before, std::slice::from_ref(&newer)).unwrap();
    let newer = newer.into();
    drop(log);
    let mut log = open(folder.path());
    let mut record = log.find_folder("a").unwrap();
    assert!(record.is_current && record.find_name("x").is_none());
    assert_eq!((record.find_name("y"), record.files.len()), (Some(&newer), 2));
    log.add_older("a", &mut record);
    assert!(!record.is_current && record.find_name("x").is_some());
    assert_eq!((record.find_name("y"), record.files.len()), (Some(&newer), 3));
}

#[test]
fn damage_costs_what_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    log.note_folder("a", "1", None, &[noted("x")]).unwrap();
    log.note_folder("b", "2", None, &[noted("y")]).unwrap();
    drop(log);
    let path = journal(folder.path());
    let whole = fs::read(&path).unwrap();

    // A crash cuts off the last line.
    fs::write(&path, &whole[..whole.len() - 9]).unwrap();
    let mut log = open(folder.path());
    assert!(log.take_warning().is_none());
    assert!(log.find_folder("a").is_some() && log.find_folder("b").is_none());
    log.note_folder("c", "3", None, &[]).unwrap();
    drop(log);
    assert!(open(folder.path()).find_folder("c").is_some());

    for position in (0..whole.len()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[position] ^= 1 << (position % 8);
        fs::write(&path, damaged).unwrap();
        check_what_is_left(folder.path(), true);
    }
    // Around the ends of lines everywhere.
    let ends_line = |position: &usize| {
        whole[position.saturating_sub(1)..].iter().take(2).any(|it| *it == b'\n')
    };
    for position in (0..whole.len()).filter(|position| position % 13 == 0 || ends_line(position)) {
        fs::write(&path, &whole[..position]).unwrap();
        check_what_is_left(folder.path(), false);
    }
}

/// What is left of two folders must be right, and the journal usable.
fn check_what_is_left(folder: &Path, warns: bool) {
    let mut log = open(folder);
    let records = ["a", "b"].map(|folder| log.find_folder(folder));
    // The end of a file may be damaged as if a crash had cut it off.
    assert!(!warns || log.take_warning().is_some() || records[1].is_none());
    assert!(records.iter().any(Option::is_none));
    for (record, (id, name)) in records.into_iter().zip([("1", "x"), ("2", "y")]) {
        let Some(record) = record else { continue };
        assert_eq!((&*record.id, record.files.len()), (id, 1));
        let noted = record.find_name(name).unwrap();
        assert_eq!(noted.sha1, Sha1Hash::of(name.as_bytes()));
    }
    log.note_folder("c", "3", None, &[noted("z")]).unwrap();
    drop(log);
    assert!(open(folder).find_folder("c").is_some_and(|record| record.is_current));
    for extension in ["dir", "old", "bad"] {
        remove_if_present(&journal(folder).with_extension(extension)).unwrap();
    }
}

#[test]
fn a_deleted_folder_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    log.note_folder("a", "1", None, &[noted("x")]).unwrap();
    log.note_folder("a/b", "2", None, &[]).unwrap();
    log.note_gone("a/b").unwrap();
    drop(log);
    let mut log = open(folder.path());
    assert!(log.find_folder("a").is_some() && log.find_folder("a/b").is_none());
    log.note_folder("a/b", "3", None, &[]).unwrap();
    drop(log);
    assert_eq!(open(folder.path()).find_folder("a/b").unwrap().id, "3");
}

/// A run that ends after that must not be continued by the next one.
#[cfg(target_os = "linux")]
#[test]
fn a_journal_that_cannot_be_written_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = open(folder.path());
    log.note_folder("a", "1", None, &[noted("x")]).unwrap();
    log.file = Some(OpenOptions::new().write(true).open("/dev/full").unwrap());
    assert!(log.note_folder("b", "2", None, &[]).is_err());
    assert!(!log.is_believed() && !journal(folder.path()).exists());
    log.note_end().unwrap();
    drop(log);
    assert!(open(folder.path()).find_folder("a").is_none());
}

#[cfg(unix)]
#[test]
fn what_is_no_journal_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = journal(folder.path());
    let outside = folder.path().join("outside");
    fs::write(&outside, "precious").unwrap();
    for hostile in ["link", "directory", "zero", "text"] {
        match hostile {
            "link" => std::os::unix::fs::symlink(&outside, &path).unwrap(),
            "zero" => std::os::unix::fs::symlink("/dev/zero", &path).unwrap(),
            "directory" => fs::create_dir(&path).unwrap(),
            _ => fs::write(&path, "\n\nnonsense").unwrap(),
        }
        let mut log = open(folder.path());
        assert!(log.take_warning().is_some_and(|text| text.contains("ignoring")), "{hostile}");
        log.note_folder("a", "1", None, &[]).unwrap();
        drop(log);
        assert!(open(folder.path()).find_folder("a").is_some(), "{hostile}");
        fs::remove_file(&path).unwrap();
        let aside = path.with_extension("bad");
        fs::remove_file(&aside).or_else(|_| fs::remove_dir(&aside)).unwrap();
    }
    assert_eq!(fs::read(outside).unwrap(), b"precious");
}

#[test]
fn one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let _log = open(folder.path());
    let busy = DirectoryLog::open(folder.path(), b"key", true);
    assert!(matches!(busy, Err(ErrorKind::Busy { .. })));
}
