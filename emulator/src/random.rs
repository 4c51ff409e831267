//! Random names.

/// Random hexadecimal digits, for names; not for secrets.
pub(crate) fn random_hex(digits: usize) -> String {
    let digit = || char::from_digit(fastrand::u32(..16), 16).unwrap_or('0');
    std::iter::repeat_with(digit).take(digits).collect()
}
