//! What a probe has to make requests, beside the functions for the operations.

/// A client of a crate: it is configured with a credential for each security scheme.
pub(in super::super) const CLIENT: &str = r#"
    pub struct Client(crate::runtime::Client);

    impl std::ops::Deref for Client {
        type Target = crate::runtime::Client;

        fn deref(&self) -> &Self::Target {
            &self.0
        }
    }

    pub fn new_client() -> std::result::Result<Client, String> {
        let mut builder = crate::runtime::ClientBuilder::new(&client::SERVICE)
            .base_url("http://localhost")
            .transport(crate::Recorder);
        for scheme in client::SERVICE.schemes {
            builder = builder.credential(scheme.name, format!("secret-{}", scheme.name));
        }
        builder.build().map(Client).map_err(|error| format!("\t{error}"))
    }
"#;

/// What all crates of a program share.
pub(in super::super) const PROGRAM: &str = r#"
/// The values of a request's parameters and body, or of a form's fields.
pub struct Given(serde_json::Map<String, serde_json::Value>);

impl Given {
    fn read(text: Vec<u8>) -> Result<Self, String> {
        serde_json::from_slice(&text).map(Self).map_err(|error| format!("\t{error}"))
    }

    fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, String> {
        let value = self.0.remove(name);
        value.map(|value| decode(value.to_string().into_bytes())).transpose()
    }

    /// Bytes, each as a character; of a list of them, the first that is left.
    fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, String> {
        let value = match self.0.get_mut(name) {
            Some(serde_json::Value::Array(list)) if list.is_empty() => None,
            Some(serde_json::Value::Array(list)) => Some(list.remove(0)),
            _ => self.0.remove(name),
        };
        let text = value.map(|value| value.as_str().map(str::to_owned).ok_or("\tno bytes"));
        Ok(text.transpose()?.map(|text| text.chars().map(|letter| letter as u8).collect()))
    }

    fn inner(&mut self, name: &str) -> Result<Option<Self>, String> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(serde_json::Value::Object(members)) => Ok(Some(Self(members))),
            Some(_) => Err("\tno object".to_owned()),
        }
    }

    fn variant(&mut self) -> Result<String, String> {
        self.take("variant")?.ok_or_else(|| "\tno variant".to_owned())
    }
}

thread_local! {
    static SENT: std::cell::RefCell<Option<Vec<u8>>> = const { std::cell::RefCell::new(None) };
}

/// A transport that keeps what is sent, as JSON.
struct Recorder;

impl runtime::Transport for Recorder {
    fn send(
        &self,
        request: http::Request<runtime::Body>,
    ) -> runtime::BoxFuture<'_, Result<http::Response<runtime::Body>, runtime::Failure>> {
        let (head, mut body) = request.into_parts();
        let mut bytes = Vec::new();
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        while let std::task::Poll::Ready(Some(Ok(frame))) =
            http_body::Body::poll_frame(std::pin::Pin::new(&mut body), &mut cx)
        {
            bytes.extend_from_slice(&frame.into_data().unwrap_or_default());
        }
        let letters = |bytes: &[u8]| bytes.iter().map(|&byte| byte as char).collect::<String>();
        let headers: Vec<(&str, String)> =
            head.headers.iter().map(|(name, value)| (name.as_str(), letters(value.as_bytes()))).collect();
        let target = head.uri.path_and_query().map(|target| target.as_str()).unwrap_or_default();
        let sent = serde_json::json!({
            "method": head.method.as_str(),
            "target": target,
            "headers": headers,
            "body": letters(&bytes),
        });
        SENT.set(Some(sent.to_string().into_bytes()));
        Box::pin(async { Ok(http::Response::new(runtime::Body::empty())) })
    }

    fn sleep(&self, _: std::time::Duration) -> runtime::BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

/// Sends a request, and returns what was sent.
fn send(call: runtime::Call) -> Result<Vec<u8>, String> {
    SENT.set(None);
    let sending = runtime::Sending::<(), Infallible>::new(call, runtime::never, |_| Ok(()));
    let mut sending = std::pin::pin!(sending);
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    match sending.as_mut().poll(&mut cx) {
        std::task::Poll::Ready(Ok(())) => SENT.take().ok_or_else(|| "\tnothing was sent".to_owned()),
        std::task::Poll::Ready(Err(error)) => Err(failure(error)),
        std::task::Poll::Pending => Err("\tit waits".to_owned()),
    }
}

"#;

/// What crates with multipart forms have beside it.
pub(in super::super) const MULTIPART: &str = r#"
/// A form whose fields the document does not name.
fn multipart(given: Given) -> Result<runtime::Multipart, String> {
    let mut form = runtime::Multipart::new();
    for (name, value) in given.0 {
        form = form.part(name, value.as_str().unwrap_or_default().to_owned());
    }
    Ok(form)
}

"#;
