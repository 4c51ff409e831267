//! Which of several webhooks a request is.

/// `webhooks!(Webhook by_member "type" { "created" => Created(CreatedWebhook) });`: which of several a request is,
/// by a member of its body or by a header.
macro_rules! webhooks {
    ($name:ident $place:ident $key:literal { $($($value:literal)|+ => $variant:ident($one:ident),)+ }) => {
        impl $name {
            /// Reads it from a request. If requests are signed, check the signature first.
            pub fn from_request(
                request: &::http::Request<::bytes::Bytes>,
            ) -> ::std::result::Result<Self, $crate::runtime::WebhookError> {
                let tag = $crate::runtime::Incoming::new(request).$place($key)?;
                match tag.as_str() {
                    $($($value)|+ => $one::from_request(request).map(|one| Self::$variant(Box::new(one))),)+
                    _ => Ok(Self::Other(request.body().clone())),
                }
            }
        }
    };
}
pub(crate) use webhooks;
