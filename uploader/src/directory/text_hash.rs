//! Hashes of texts that are only compared, of which there may be many.

use crate::Sha1Hash;

/// The first bytes of the SHA-1: enough that no two texts have the same by chance.
pub(super) type TextHash = [u8; 12];

pub(super) fn hash_text(text: &str) -> TextHash {
    let Sha1Hash(hash) = Sha1Hash::of(text.as_bytes());
    std::array::from_fn(|index| hash[index])
}
