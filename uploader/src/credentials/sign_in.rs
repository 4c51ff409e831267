//! Signing in with a browser (RFC 6749, section 4.1, with RFC 7636 and RFC 8252).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use box_upload_sessions::Client;
use box_upload_sessions::runtime::Secret;
use box_upload_sessions::types::{TokenRequest, TokenRequestGrantType};
use form_urlencoded::{Serializer, parse};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

use super::token_request::request_token;
use super::{CredentialsError, Profile};

/// A sign-in with a browser: open [`Self::url`] there, and pass what the browser requests from the
/// redirect URL to [`Self::read_query`] and [`Self::finish`]. `Debug` shows no secret.
pub struct SignIn {
    client_id: String,
    client_secret: Secret,
    redirect: String,
    state: Secret,
    verifier: Secret,
}

/// What a browser brought to the redirect URL.
#[derive(Debug)]
#[non_exhaustive]
pub enum Redirected {
    /// The user signed in: the code for [`SignIn::finish`].
    Code(Secret),
    /// The user refused, or Box did: why.
    Refused(String),
    /// Something else, which is not to be trusted: the sign-in goes on.
    Unrelated,
}

impl SignIn {
    /// Prepares a sign-in to an application. `redirect` is the URL that the browser returns to; Box
    /// must know it as one of the application's.
    ///
    /// # Errors
    /// The system provides no random numbers.
    pub fn new(
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
        redirect: impl Into<String>,
    ) -> Result<Self, CredentialsError> {
        Ok(Self {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            redirect: redirect.into(),
            state: create_random_text()?,
            verifier: create_random_text()?,
        })
    }

    /// The URL to open in a browser; `authorize` is that of Box's page.
    #[must_use]
    pub fn url(&self, authorize: &str) -> String {
        let challenge = digest(&SHA256, self.verifier.expose().as_bytes());
        let query = Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.redirect)
            .append_pair("state", self.state.expose())
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(challenge))
            .append_pair("code_challenge_method", "S256")
            .finish();
        format!("{authorize}?{query}")
    }

    /// Reads the query of a request for the redirect URL.
    #[must_use]
    pub fn read_query(&self, query: &str) -> Redirected {
        if find_parameter(query, "state").as_deref() != Some(self.state.expose()) {
            return Redirected::Unrelated;
        }
        let code = find_parameter(query, "code").filter(|code| !code.is_empty());
        match (code, find_parameter(query, "error")) {
            (Some(code), None) => Redirected::Code(code.into()),
            (_, Some(error)) => {
                let description = find_parameter(query, "error_description");
                let description = description.filter(|text| !text.is_empty());
                Redirected::Refused(description.unwrap_or(error))
            }
            (None, None) => Redirected::Unrelated,
        }
    }

    /// Requests tokens for the code, and keeps them in the profile. `client` needs no credentials.
    ///
    /// # Errors
    /// Box returns no tokens, or the profile cannot be written.
    pub async fn finish(
        self,
        client: &Client,
        code: Secret,
        profile: &Profile,
    ) -> Result<(), CredentialsError> {
        let request = TokenRequest::new(TokenRequestGrantType::AuthorizationCode)
            .client_id(&self.client_id)
            .client_secret(self.client_secret.clone())
            .code(code)
            .redirect_uri(&self.redirect)
            .code_verifier(self.verifier.clone());
        let token = request_token(client, &request).await?;
        profile.store(&self.client_id, &self.client_secret, token).await
    }
}

/// A parameter of a query.
fn find_parameter(query: &str, name: &str) -> Option<String> {
    let found = parse(query.as_bytes()).find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client_id, redirect, .. } = self;
        let mut debug = f.debug_struct("SignIn");
        debug.field("client_id", client_id).field("redirect", redirect).finish_non_exhaustive()
    }
}

/// 256 random bits.
fn create_random_text() -> Result<Secret, CredentialsError> {
    let mut bytes = [0; 32];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| CredentialsError::new("the system provides no random numbers"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_redirect_of_this_sign_in_counts() {
        let sign_in = SignIn::new("app", "hush", "http://127.0.0.1:9/").unwrap();
        let url = sign_in.url("https://account.box.com/api/oauth2/authorize");
        assert!(url.contains("&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2F&state="), "{url}");
        assert!(!url.contains(sign_in.verifier.expose()) && !url.contains("hush"));
        let state = sign_in.state.expose();
        let read = |query: &str| format!("{:?}", sign_in.read_query(query));
        assert!(matches!(
            sign_in.read_query(&format!("code=a%2Bb&state={state}")),
            Redirected::Code(code) if code.expose() == "a+b"
        ));
        for query in ["", "code=a", "code=a&state=", "code=a&state=x", &format!("state={state}")] {
            assert_eq!(read(query), "Unrelated", "{query}");
        }
        let refused = read(&format!("error=access_denied&error_description=No+way&state={state}"));
        assert_eq!(refused, "Refused(\"No way\")");
        let shown = format!("{sign_in:?}");
        assert!(!shown.contains("hush") && !shown.contains(state), "{shown}");
    }
}
