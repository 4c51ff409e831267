use super::{Workshop, packages::Published};

/// Checks each package without features, with each alone, with each pair, and with all.
pub(super) fn check_features(workshop: &Workshop, packages: &[Published]) -> Result<(), String> {
    let mut failures = Vec::new();
    for package in packages {
        let features = package.effective_features()?;
        let sets = feature_sets(&features);
        println!("==> {}: {} sets of {} features", package.name, sets.len(), features.len());
        for set in sets {
            let mut command =
                workshop.cargo_command(&["check", "--locked", "--quiet", "--lib", "--bins"]);
            command.args(["--no-default-features", "--package", &package.name, "--features", &set]);
            // A warning of one set of features is a mistake as much as an error.
            command.env("RUSTFLAGS", "-D warnings");
            let output = command.output().map_err(|error| error.to_string())?;
            if !output.status.success() {
                println!("{}", String::from_utf8_lossy(&output.stderr));
                failures.push(format!("{} with `{set}`", package.name));
            }
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join(", ")) }
}

/// The sets of features to check, as cargo takes them.
fn feature_sets(features: &[&str]) -> Vec<String> {
    let mut sets = vec![String::new()];
    sets.extend(features.iter().map(|feature| (*feature).to_owned()));
    for (index, one) in features.iter().enumerate() {
        sets.extend(features[index + 1..].iter().map(|other| format!("{one},{other}")));
    }
    if features.len() > 2 {
        sets.push(features.join(","));
    }
    sets
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_feature_is_alone_and_with_every_other_one() {
        assert_eq!(super::feature_sets(&[]), [""]);
        assert_eq!(super::feature_sets(&["a", "b"]), ["", "a", "b", "a,b"]);
        assert_eq!(
            super::feature_sets(&["a", "b", "c"]),
            ["", "a", "b", "c", "a,b", "a,c", "b,c", "a,b,c"]
        );
    }
}
