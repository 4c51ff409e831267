use std::{error::Error, fmt, io, path::PathBuf};

/// Why a package could not be written or compared.
#[derive(Debug)]
#[non_exhaustive]
pub enum PackageError {
    /// The directory holds files that the generator has not made. This is the file that shows it, or
    /// the directory.
    Foreign(PathBuf),
    /// The system refused something.
    Io(PathBuf, io::Error),
}

impl PackageError {
    /// Says which path an error of the system is about.
    pub(super) fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Io(path.into(), error)
    }
}

impl fmt::Display for PackageError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign(path) => {
                let path = path.display();
                write!(
                    formatter,
                    "{path}: not an earlier output of openapi-crate; choose an empty directory"
                )
            }
            Self::Io(path, error) => write!(formatter, "{}: {error}", path.display()),
        }
    }
}

impl Error for PackageError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Foreign(_) => None,
            Self::Io(_, error) => Some(error),
        }
    }
}
