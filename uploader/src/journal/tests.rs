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
fn a_journal_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let entry = entry("1");
    let mut journal = Journal::open(folder.path(), b"key").unwrap();
    assert_eq!(journal.entry(), None);
    journal.begin_entry(entry.clone()).unwrap();
    journal.note_part(0, hash("a")).unwrap();
    drop(journal);

    let mut journal = Journal::open(folder.path(), b"key").unwrap();
    assert_eq!((journal.entry(), journal.part_digest(0)), (Some(&entry), Some(hash("a"))));
    journal.begin_entry(entry.clone()).unwrap();
    journal.note_part(8, hash("b")).unwrap();
    journal.note_commit(hash("ab")).unwrap();
    drop(journal);

    let mut journal = Journal::open(folder.path(), b"key").unwrap();
    assert_eq!(
        (journal.part_digest(0), journal.part_digest(8)),
        (Some(hash("a")), Some(hash("b")))
    );
    assert_eq!(journal.commit_digest(), Some(hash("ab")));
    journal.remove_file().unwrap();
    drop(journal);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn another_session_replaces_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(folder.path(), b"key").unwrap();
    journal.begin_entry(entry("1")).unwrap();
    journal.note_part(0, hash("a")).unwrap();
    journal.begin_entry(entry("2")).unwrap();
    assert_eq!(journal.part_digest(0), None);
    drop(journal);
    let journal = Journal::open(folder.path(), b"key").unwrap();
    assert_eq!(
        (journal.entry().unwrap().session.as_deref(), journal.part_digest(0)),
        (Some("2"), None)
    );
}

#[test]
fn a_partial_line_is_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(folder.path(), b"key").unwrap();
    let path = journal.path.clone();
    let entry = entry("1");
    journal.begin_entry(entry.clone()).unwrap();
    journal.note_part(0, hash("a")).unwrap();
    drop(journal);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}{{\"part\":{{\"offs")).unwrap();
    let mut journal = Journal::open(folder.path(), b"key").unwrap();
    assert_eq!(journal.part_digest(0), Some(hash("a")));
    journal.begin_entry(entry).unwrap();
    journal.note_part(8, hash("b")).unwrap();
    drop(journal);
    let journal = Journal::open(folder.path(), b"key").unwrap();
    assert_eq!(
        (journal.part_digest(0), journal.part_digest(8)),
        (Some(hash("a")), Some(hash("b")))
    );
    drop(journal);

    let json = &text.lines().next().unwrap()[CHECKSUM + 1..];
    let later = json.replacen("\"version\":2", "\"version\":3", 1);
    let later = format!("{} {later}\n", compute_checksum(later.as_bytes()));
    for text in ["", "{\"version\":1", "[]\n", json, &later] {
        fs::write(&path, text).unwrap();
        let mut journal = Journal::open(folder.path(), b"key").unwrap();
        assert_eq!(journal.entry(), None, "{text}");
        assert!(journal.take_warning().is_some_and(|what| what.contains(".bad`")), "{text}");
        assert_eq!(fs::read_to_string(path.with_extension("bad")).unwrap(), text);
    }
}

#[test]
fn a_flipped_bit_costs_at_most_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(folder.path(), b"key").unwrap();
    let path = journal.path.clone();
    let entry = entry("1");
    journal.begin_entry(entry.clone()).unwrap();
    journal.note_part(0, hash("a")).unwrap();
    journal.note_part(8, hash("b")).unwrap();
    drop(journal);
    let text = fs::read(&path).unwrap();
    let first = text.iter().position(|byte| *byte == b'\n').unwrap();
    for bit in 0..text.len() * 8 {
        let mut spoilt = text.clone();
        spoilt[bit / 8] ^= 1 << (bit % 8);
        let content = Content::parse(&spoilt);
        if bit / 8 <= first {
            assert!(content.is_err(), "{bit}");
            continue;
        }
        let content = content.unwrap();
        assert_eq!(content.entry.as_ref(), Some(&entry), "{bit}");
        let right = BTreeMap::from([(0, hash("a")), (8, hash("b"))]);
        let is_right = |(offset, sha1): (&u64, &Sha1Hash)| right.get(offset) == Some(sha1);
        assert!(content.parts.iter().all(is_right), "{bit}");
    }
}

#[test]
fn a_session_with_an_invalid_id_is_ignored() {
    let folder = tempfile::tempdir().unwrap();
    for id in ["", ".", "..", "a\n", &"a".repeat(300)] {
        let mut journal = Journal::open(folder.path(), b"key").unwrap();
        journal.begin_entry(entry(id)).unwrap();
        drop(journal);
        let journal = Journal::open(folder.path(), b"key").unwrap();
        assert!(journal.entry().is_none() && journal.warning.is_some(), "{id}");
    }
}

#[test]
fn a_journal_that_is_too_large_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = Journal::open(folder.path(), b"key").unwrap().path.clone();
    File::create(&path).unwrap().set_len(1 << 40).unwrap();
    let mut journal = Journal::open(folder.path(), b"key").unwrap();
    assert!(journal.take_warning().unwrap().contains("too large"));
}

/// Whatever is in the place of a journal, its lock or its draft is neither followed nor waited for,
/// and the upload gets its journal.
#[cfg(unix)]
#[test]
fn anything_but_a_file_is_set_aside() {
    use std::os::unix::fs::symlink;
    let make_pipe = |path: &Path| {
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    type Make<'a> = &'a dyn Fn(&Path);
    let makers: [(&str, Make<'_>); 6] = [
        ("link", &|path| {
            fs::write(path.with_file_name("target"), "precious").unwrap();
            symlink("target", path).unwrap();
        }),
        ("dangling link", &|path| symlink("absent", path).unwrap()),
        ("endless device", &|path| symlink("/dev/zero", path).unwrap()),
        ("circle", &|path| symlink(path, path).unwrap()),
        ("pipe", &make_pipe),
        ("folder", &|path| fs::create_dir(path).unwrap()),
    ];
    for (what, make) in makers {
        for extension in ["jsonl", "lock", "new"] {
            let folder = tempfile::tempdir().unwrap();
            let path = Journal::open(folder.path(), b"key").unwrap().path.clone();
            make(&path.with_extension(extension));
            let mut journal = Journal::open(folder.path(), b"key").unwrap();
            assert_eq!(journal.warning.is_some(), extension == "jsonl", "{what} {extension}");
            journal.begin_entry(entry("1")).unwrap();
            journal.note_part(0, hash("a")).unwrap();
            drop(journal);
            let journal = Journal::open(folder.path(), b"key").unwrap();
            assert_eq!(journal.part_digest(0), Some(hash("a")), "{what} {extension}");
            if what == "link" {
                let target = fs::read_to_string(folder.path().join("target")).unwrap();
                assert_eq!(target, "precious", "{extension}");
            }
            assert!(!folder.path().join("absent").exists());
        }
    }
}

#[test]
fn a_missing_folder_has_no_journals() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for folder in [file.path().to_owned(), file.path().join("folder")] {
        let error = Journal::open(&folder, b"key").err().unwrap();
        assert!(matches!(error, ErrorKind::Journal { .. }), "{error}");
    }
}

#[test]
fn only_one_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path(), b"key").unwrap();
    let second = Journal::open(folder.path(), b"key").err().unwrap();
    assert!(matches!(second, ErrorKind::Busy { .. }), "{second}");
    Journal::open(folder.path(), b"another key").unwrap();
    drop(journal);
    Journal::open(folder.path(), b"key").unwrap();
}
