use std::fs;
use std::path::Path;

const PUBLISHED: [&str; 5] = ["common", "emulator", "generated", "generator", "uploader"];

#[test]
fn every_published_package_carries_the_licenses() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for license in ["LICENSE-APACHE", "LICENSE-MIT"] {
        let text = fs::read_to_string(root.join(license)).unwrap();
        for package in PUBLISHED {
            let copy = fs::read_to_string(root.join(package).join(license)).unwrap();
            assert!(copy == text, "{package}/{license} differs from the one at the root");
        }
    }
}

/// A package's page in a registry has no other files of the repository.
#[test]
fn no_readme_leads_to_a_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for package in PUBLISHED {
        let text = fs::read_to_string(root.join(package).join("README.md")).unwrap();
        for (_, target) in text.match_indices("](").map(|(at, sign)| text.split_at(at + sign.len()))
        {
            let target = target.split(')').next().unwrap();
            let stands = ["https://", "#"].iter().any(|start| target.starts_with(start));
            assert!(stands, "{package}/README.md leads to `{target}`");
        }
    }
}
