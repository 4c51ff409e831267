use std::fs;
use std::path::Path;

#[test]
fn every_published_package_carries_the_licences() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        let text = fs::read_to_string(root.join(licence)).unwrap();
        for package in ["common", "emulator", "generated", "generator", "uploader"] {
            let copy = fs::read_to_string(root.join(package).join(licence)).unwrap();
            assert!(copy == text, "{package}/{licence} differs from the one at the root");
        }
    }
}
