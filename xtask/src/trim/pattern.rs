use std::{convert::Infallible, fmt, str::FromStr};

/// Which paths to keep: `*` stands for any text, slashes included, `?` for one character, everything
/// else, braces too, for itself. The whole path must match.
#[derive(Clone, Debug)]
pub(super) struct Pattern(String);

impl FromStr for Pattern {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Pattern {
    pub(super) fn matches(&self, path: &str) -> bool {
        let pattern: Vec<char> = self.0.chars().collect();
        let path: Vec<char> = path.chars().collect();
        let (mut at, mut from) = (0, 0);
        // The last star, and how much of the path it has taken: where to go on after a mismatch.
        let mut star = None;
        while from < path.len() {
            match pattern.get(at) {
                Some('*') => {
                    star = Some((at, from));
                    at += 1;
                }
                Some(&letter) if letter == '?' || letter == path[from] => {
                    at += 1;
                    from += 1;
                }
                _ => {
                    let Some((place, taken)) = star else { return false };
                    star = Some((place, taken + 1));
                    (at, from) = (place + 1, taken + 1);
                }
            }
        }
        pattern[at..].iter().all(|letter| *letter == '*')
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn matches_whole_paths() {
        for (pattern, path, matches) in [
            ("/files", "/files", true),
            ("/files", "/files/1", false),
            ("/files*", "/files/{id}/parts", true),
            ("*/parts", "/files/{id}/parts", true),
            ("/*/{id}/*", "/files/{id}/parts", true),
            ("/*/{id}/x*", "/files/{id}/parts", false),
            ("/files/{??}", "/files/{id}", true),
            ("*a*b*", "/xaybz", true),
            ("*a*b", "/xaybz", false),
            ("", "/", false),
        ] {
            let pattern: Pattern = pattern.parse().unwrap();
            assert_eq!(pattern.matches(path), matches, "{pattern} on {path}");
        }
    }
}
