//! Random names, and reproducible random numbers.

use std::hash::{BuildHasher, RandomState};

/// Random hexadecimal digits, for names; not for secrets.
pub(crate) fn random_hex(digits: usize) -> String {
    let mut text = String::new();
    while text.len() < digits {
        text += &format!("{:016x}", RandomState::new().hash_one(text.len()));
    }
    text.truncate(digits);
    text
}

/// The number that belongs to `seed` and these positions, always the same: SplitMix64, once for
/// each position.
pub(crate) fn seeded(seed: u64, positions: &[u64]) -> u64 {
    positions.iter().fold(seed, |state, position| {
        let mut z = (state ^ position.rotate_left(32)).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}

/// The same as a fraction, from 0 to less than 1.
pub(crate) fn seeded_fraction(seed: u64, positions: &[u64]) -> f64 {
    (seeded(seed, positions) >> 11) as f64 / (1u64 << 53) as f64
}
