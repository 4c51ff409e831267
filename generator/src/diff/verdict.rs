/// What a change asks of the next version of the emitted crate, by cargo's rules for semantic versions.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Bump {
    /// The crate is the same.
    None,
    /// Nothing that callers can name has changed.
    Patch,
    /// There is something new; what there was is still there.
    Minor,
    /// A caller may have to change.
    Major,
}

impl Bump {
    /// `none`, `patch`, `minor` or `major`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }

    /// The version that follows `version`. Before 1.0.0 cargo takes the leftmost number that is not zero for the
    /// major one: `0.1.2` is followed by `0.2.0` or by `0.1.3`, and `0.0.3` by `0.0.4` in any case. `None` if
    /// `version` is not three numbers; what follows them, as in `1.0.0-beta.1`, is left out.
    ///
    /// # Examples
    ///
    /// ```
    /// use openapi_crate::diff::Bump;
    ///
    /// assert_eq!(Bump::Major.next("1.2.3").as_deref(), Some("2.0.0"));
    /// assert_eq!(Bump::Major.next("0.1.2").as_deref(), Some("0.2.0"));
    /// assert_eq!(Bump::Minor.next("0.1.2").as_deref(), Some("0.1.3"));
    /// assert_eq!(Bump::None.next("0.1.2").as_deref(), Some("0.1.2"));
    /// ```
    #[must_use]
    pub fn next(self, version: &str) -> Option<String> {
        let semver::Version { major, minor, patch, .. } = semver::Version::parse(version).ok()?;
        let (major, minor, patch) = match (self, major, minor) {
            (Self::None, ..) => return Some(version.to_owned()),
            (Self::Major, 0, 0) => (0, 0, patch + 1),
            (Self::Major, 0, _) => (0, minor + 1, 0),
            (Self::Major, ..) => (major + 1, 0, 0),
            (Self::Minor, 1.., _) => (major, minor + 1, 0),
            (Self::Minor | Self::Patch, ..) => (major, minor, patch + 1),
        };
        Some(format!("{major}.{minor}.{patch}"))
    }
}

/// Whether a program built from the old document still works against a service that follows the new one.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Wire {
    /// It does.
    Works,
    /// It depends on what it sends, or on what the service makes of it.
    MayBreak,
    /// Some request of it fails, or some response is not understood.
    Breaks,
}

impl Wire {
    /// `works`, `may break` or `breaks`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::MayBreak => "may break",
            Self::Breaks => "breaks",
        }
    }
}

/// Who sends a value.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Usage {
    /// A request holds it.
    pub sent: bool,
    /// A response holds it.
    pub received: bool,
}

impl Usage {
    /// A request holds it.
    pub const SENT: Self = Self { sent: true, received: false };
    /// A response holds it.
    pub const RECEIVED: Self = Self { sent: false, received: true };
    /// It is no value: a path, a name, a server.
    pub const BOTH: Self = Self { sent: true, received: true };

    /// What either of two uses makes of it.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { sent: self.sent || other.sent, received: self.received || other.received }
    }
}
