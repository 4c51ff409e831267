//! HTTP Basic authentication (RFC 7617).

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Credential, Secret};

impl Credential {
    /// A user name, which must not contain a colon, and a password.
    pub fn basic(user: &str, password: &str) -> Self {
        Secret::from(STANDARD.encode(format!("{user}:{password}"))).into()
    }
}
