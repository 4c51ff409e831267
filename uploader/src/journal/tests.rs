use super::*;

fn entry(session: &str) -> Entry {
    let file = tempfile::NamedTempFile::new().unwrap();
    let identity = Identity::of(&file.path().metadata().unwrap());
    let folder = Destination::Folder("0".to_owned());
    Entry::new(Path::new("/data/backup.tar"), &identity, &folder, "backup.tar")
        .in_session(session, false)
}

fn hash(text: &str) -> Sha1Hash {
    Sha1Hash::of(text.as_bytes())
}

#[test]
fn what_was_noted_is_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let entry = entry("1");
    let mut journal = Journal::open(folder.path(), "key").unwrap();
    assert_eq!(journal.entry(), None);
    journal.begin(entry.clone()).unwrap();
    journal.note_part(0, hash("a")).unwrap();
    drop(journal);

    let mut journal = Journal::open(folder.path(), "key").unwrap();
    assert_eq!((journal.entry(), journal.part(0)), (Some(&entry), Some(hash("a"))));
    journal.begin(entry.clone()).unwrap();
    journal.note_part(8, hash("b")).unwrap();
    journal.note_commit(hash("ab")).unwrap();
    drop(journal);

    let mut journal = Journal::open(folder.path(), "key").unwrap();
    assert_eq!((journal.part(0), journal.part(8)), (Some(hash("a")), Some(hash("b"))));
    assert_eq!(journal.commit(), Some(hash("ab")));
    journal.clear().unwrap();
    drop(journal);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn another_session_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(folder.path(), "key").unwrap();
    journal.begin(entry("1")).unwrap();
    journal.note_part(0, hash("a")).unwrap();
    journal.begin(entry("2")).unwrap();
    assert_eq!(journal.part(0), None);
    drop(journal);
    let journal = Journal::open(folder.path(), "key").unwrap();
    assert_eq!((journal.entry().unwrap().session.as_deref(), journal.part(0)), (Some("2"), None));
}

#[test]
fn what_a_crash_tore_is_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(folder.path(), "key").unwrap();
    let (path, entry) = (journal.path.clone(), entry("1"));
    journal.begin(entry.clone()).unwrap();
    journal.note_part(0, hash("a")).unwrap();
    drop(journal);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}{{\"part\":{{\"offs")).unwrap();
    let mut journal = Journal::open(folder.path(), "key").unwrap();
    assert_eq!(journal.part(0), Some(hash("a")));
    journal.begin(entry).unwrap();
    journal.note_part(8, hash("b")).unwrap();
    drop(journal);
    let journal = Journal::open(folder.path(), "key").unwrap();
    assert_eq!((journal.part(0), journal.part(8)), (Some(hash("a")), Some(hash("b"))));
    drop(journal);

    for text in ["", "{\"version\":1", "[]\n", &text.replacen("\"version\":1", "\"version\":2", 1)]
    {
        fs::write(&path, text).unwrap();
        assert_eq!(Journal::open(folder.path(), "key").unwrap().entry(), None, "{text}");
    }
}

#[test]
fn only_one_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path(), "key").unwrap();
    let second = Journal::open(folder.path(), "key").err().unwrap();
    assert!(matches!(second, ErrorKind::Busy { .. }), "{second}");
    Journal::open(folder.path(), "another key").unwrap();
    drop(journal);
    Journal::open(folder.path(), "key").unwrap();
}
