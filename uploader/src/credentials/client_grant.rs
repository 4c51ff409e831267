//! Access tokens by the client-credentials grant.

use box_upload_sessions::Client;
use box_upload_sessions::runtime::{BoxFuture, Secret};
use box_upload_sessions::types::{
    AccessToken, TokenRequest, TokenRequestBoxSubjectType, TokenRequestGrantType,
};

use super::renewal::Grant;
use super::token_request::request_token;
use super::{CredentialsError, Subject};

pub(super) struct ClientGrant {
    client: Client,
    id: String,
    secret: Secret,
    subject: Subject,
}

impl ClientGrant {
    pub(super) fn new(client: Client, id: String, secret: Secret, subject: Subject) -> Self {
        Self { client, id, secret, subject }
    }

    async fn request(&self) -> Result<AccessToken, CredentialsError> {
        let (kind, id) = match &self.subject {
            Subject::Enterprise(id) => (TokenRequestBoxSubjectType::Enterprise, id),
            Subject::User(id) => (TokenRequestBoxSubjectType::User, id),
        };
        let request = TokenRequest::new(TokenRequestGrantType::ClientCredentials)
            .client_id(&self.id)
            .client_secret(self.secret.clone())
            .box_subject_type(kind)
            .box_subject_id(id);
        Ok(request_token(&self.client, &request).await?)
    }
}

impl Grant for ClientGrant {
    fn request_token<'a>(
        &'a self,
        _: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<AccessToken, CredentialsError>> {
        Box::pin(self.request())
    }
}
