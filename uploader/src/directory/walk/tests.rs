//! Tests of walks.

use box_upload_sessions::Client;

use super::*;
use crate::Uploader;

/// What a walk found.
#[derive(Debug, Default)]
struct Walked {
    /// Depth and path of each folder.
    folders: Vec<(usize, String)>,
    /// Path, name in Box and size of each file.
    files: Vec<(String, String, u64)>,
    failed: Vec<String>,
    skipped: Vec<&'static str>,
}

fn settings(root: &Path) -> Settings {
    let uploader = Uploader::new(Client::builder().build().unwrap());
    uploader.directory(root).0
}

fn walk(settings: &Settings) -> Walked {
    let mut walked = Walked::default();
    let shown = |path: &Path| path.display().to_string().replace('\\', "/");
    let visit = |found| {
        match found {
            Found::Folder(folder) => {
                walked.folders.push((folder.depth, shown(&folder.path)));
                for file in folder.files {
                    let name = file.name().to_owned();
                    walked.files.push((shown(&file.path()), name, file.identity.size));
                }
            }
            Found::Failed(_, error) => walked.failed.push(error.to_string()),
            Found::Skipped(_, what) => walked.skipped.push(what),
        }
        ControlFlow::Continue(())
    };
    walk_directory(settings, visit).unwrap();
    walked
}

/// Creates files with these contents, and their folders.
fn create_files(root: &Path, files: &[(&str, &str)]) {
    for (name, content) in files {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

#[test]
fn parents_come_before_children_and_all_are_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("photos");
    create_files(&root, &[("z", "1"), ("a/y", "22"), ("b/c/d/x", ""), ("b/c/w", "")]);
    std::fs::create_dir(root.join("empty")).unwrap();
    let walked = walk(&settings(&root));
    let folders: Vec<_> = walked.folders.iter().map(|(at, path)| (*at, &**path)).collect();
    let expected = [
        (0, "photos"),
        (1, "photos/a"),
        (1, "photos/b"),
        (2, "photos/b/c"),
        (3, "photos/b/c/d"),
        (1, "photos/empty"),
    ];
    assert_eq!(folders, expected);
    let files: Vec<_> = walked.files.iter().map(|(path, _, size)| (&**path, *size)).collect();
    let expected = [("photos/z", 1), ("photos/a/y", 2), ("photos/b/c/w", 0), ("photos/b/c/d/x", 0)];
    assert_eq!(files, expected);
}

#[test]
fn a_file_is_no_directory() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = walk_directory(&settings(file.path()), |_| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotADirectory);
}

#[test]
fn a_walk_ends_when_nobody_wants_more() {
    let folder = tempfile::tempdir().unwrap();
    create_files(folder.path(), &[("a/b", ""), ("c/d", "")]);
    let mut folders = 0;
    let visit = |_| {
        folders += 1;
        ControlFlow::Break(())
    };
    walk_directory(&settings(folder.path()), visit).unwrap();
    assert_eq!(folders, 1);
}

#[cfg(unix)]
#[test]
fn links_are_skipped_followed_or_errors() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("photos");
    create_files(folder.path(), &[("outside", "12345"), ("photos/sub/x", "")]);
    for (name, target) in [
        ("file", "../outside"),
        ("circle", "."),
        ("absent", "nowhere"),
        ("sub/back", "../../photos"),
        ("again", "sub"),
    ] {
        std::os::unix::fs::symlink(target, root.join(name)).unwrap();
    }
    let count = |links| {
        let walked = walk(&Settings { links, ..settings(&root) });
        (walked.folders.len(), walked.files.len(), walked.skipped.len(), walked.failed.len())
    };
    assert_eq!(count(Links::Skip), (2, 1, 5, 0));
    // `again` is another way to `sub`, and in each of them `back` is a cycle.
    assert_eq!(count(Links::Follow), (3, 3, 0, 4));
    assert_eq!(count(Links::Fail), (2, 1, 0, 5));
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_one_in_box_clash() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("photos");
    for name in ["Sub/a", "Sub/B", "sub/A", "sub/c", "Ärger", "A\u{308}RGER", "One", "one/x"] {
        create_files(&root, &[(name, "")]);
    }
    let refused = walk(&settings(&root));
    let names: Vec<_> = refused.files.iter().map(|(path, ..)| &**path).collect();
    assert_eq!(names.len(), 5, "{names:?}");
    assert_eq!(refused.folders.len(), 2, "{refused:?}");
    assert_eq!(refused.failed.len(), 3, "{:?}", refused.failed);
    let clash = "`photos/sub/A` conflicts with `photos/Sub/a`";
    assert!(refused.failed.iter().any(|error| error.contains(clash)), "{:?}", refused.failed);
    let renamed = walk(&Settings { on_conflict: OnConflict::Rename, ..settings(&root) });
    // A folder cannot be renamed.
    assert_eq!((renamed.files.len(), renamed.failed.len()), (7, 1), "{renamed:?}");
}

#[cfg(unix)]
#[test]
fn names_that_box_refuses_fail_or_are_encoded() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("photos");
    create_files(&root, &[("a\\b", ""), (" c /d\n", ""), ("fine", "")]);
    let walked = walk(&settings(&root));
    assert_eq!((walked.files.len(), walked.folders.len(), walked.failed.len()), (1, 1, 2));
    let encoded = walk(&Settings { encode_names: true, ..settings(&root) });
    let names: Vec<_> = encoded.files.iter().map(|(_, name, _)| &**name).collect();
    assert_eq!(names, ["a%5Cb", "fine", "d%0A"]);
    assert!(encoded.failed.is_empty());
}
