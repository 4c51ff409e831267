//! What members and elements are read into.

use serde::de::Error as _;
use serde_json::{Error, Result};

use super::{Decode, Source};

/// What a member of an object or an element of an array is read into. A record has a table of these and
/// not code for each of its members: rustc takes half the time for it.
pub trait Target<'de> {
    /// Whether null means that the member is missing. Otherwise it is a value like any other.
    fn is_optional(&self) -> bool {
        false
    }

    /// Whether the member is required and has not been read.
    fn is_missing(&self) -> bool {
        false
    }

    /// Reads the member of this name. Only an optional one can be null, without a source.
    fn fill(&mut self, key: &str, source: Option<&mut dyn Source<'de>>) -> Result<()>;
}

/// Reads a member of this name.
///
/// # Errors
/// Those of the value.
pub fn read_target<'de>(
    target: &mut dyn Target<'de>,
    key: &str,
    source: &mut dyn Source<'de>,
) -> Result<()> {
    if !target.is_optional() {
        return target.fill(key, Some(source));
    }
    let mut is_null = true;
    source.optional(&mut |source| {
        is_null = false;
        target.fill(key, Some(source))
    })?;
    if is_null { target.fill(key, None) } else { Ok(()) }
}

/// A member that may be missing or null.
impl<'de, T: Decode<'de>> Target<'de> for Option<T> {
    fn is_optional(&self) -> bool {
        true
    }

    fn fill(&mut self, _: &str, source: Option<&mut dyn Source<'de>>) -> Result<()> {
        *self = match source {
            Some(source) => Some(T::decode(source)?),
            None => None,
        };
        Ok(())
    }
}

/// A member for which null is a value like any other.
#[derive(Debug)]
pub struct Present<T>(pub Option<T>);

impl<'de, T: Decode<'de>> Target<'de> for Present<T> {
    fn fill(&mut self, _: &str, source: Option<&mut dyn Source<'de>>) -> Result<()> {
        if let Some(source) = source {
            self.0 = Some(T::decode(source)?);
        }
        Ok(())
    }
}

/// A member that has to be there.
#[derive(Debug)]
pub struct Required<T>(pub Option<T>);

impl<T> Required<T> {
    /// The value; the reader of the whole has checked that there is one.
    ///
    /// # Errors
    /// There is none.
    pub fn require(self, key: &'static str) -> Result<T> {
        self.0.ok_or_else(|| Error::missing_field(key))
    }
}

impl<'de, T: Decode<'de>> Target<'de> for Required<T> {
    fn is_missing(&self) -> bool {
        self.0.is_none()
    }

    fn fill(&mut self, _: &str, source: Option<&mut dyn Source<'de>>) -> Result<()> {
        if let Some(source) = source {
            self.0 = Some(T::decode(source)?);
        }
        Ok(())
    }
}
