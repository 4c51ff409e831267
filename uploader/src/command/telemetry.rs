//! Spans for OpenTelemetry, exported over OTLP as the standard variables `OTEL_…` say.

use std::env;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use box_upload_sessions::Body;
use box_upload_sessions::runtime::Transport;
use box_uploader::transport::HttpTransport;
use bytes::Bytes;
use http::{Request, Response};
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterExt, LevelFilter, Targets, filter_fn};
use tracing_subscriber::registry::LookupSpan;

use super::command_error::CommandError;

/// One of these names the receiver.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

/// One of these is the time limit for a request to the receiver, in milliseconds.
const LIMITS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"];

/// Time limit for a request to the receiver by default, and for the end of the export.
const LIMIT: Duration = Duration::from_secs(10);

/// Exports spans from threads of its own.
pub(crate) struct Telemetry(SdkTracerProvider);

impl Telemetry {
    /// Starts the export, if the environment names a receiver.
    pub(crate) fn start() -> Result<Option<Self>, CommandError> {
        let is = |name: &str, value| env::var(name).is_ok_and(|it| it.eq_ignore_ascii_case(value));
        let is_set = |name: &&str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_off = is("OTEL_SDK_DISABLED", "true") || is("OTEL_TRACES_EXPORTER", "none");
        if is_off || !ENDPOINTS.iter().any(is_set) {
            return Ok(None);
        }
        let client = Client {
            transport: HttpTransport::builder()
                .proxy_from_env(true)
                .build()
                .map_err(|error| CommandError::setup(error.to_string()))?,
            runtime: Handle::current(),
            limit: read_limit(),
            failed: AtomicBool::new(false),
        };
        let exporter = SpanExporter::builder().with_http().with_http_client(client).build();
        let exporter = exporter.map_err(|error| {
            CommandError::setup("cannot export traces; see the variables OTEL_…").because(&error)
        })?;
        let resource = Resource::builder();
        let resource = match env::var_os("OTEL_SERVICE_NAME") {
            Some(_) => resource,
            None => resource.with_service_name("box-upload"),
        };
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter);
        Ok(Some(Self(provider.with_resource(resource.build()).build())))
    }

    /// What turns spans into those of OpenTelemetry: files, parts and requests.
    pub(crate) fn create_layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let targets = Targets::new()
            .with_target("box_uploader", LevelFilter::DEBUG)
            .with_target("box_upload_sessions", LevelFilter::INFO);
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("box-upload"))
            .with_location(false)
            .with_threads(false)
            // Not what is logged within them: messages of services may say anything.
            .with_filter(targets.and(filter_fn(|it| it.is_span())))
    }

    /// Exports what is left.
    pub(crate) async fn finish(self) {
        let shutdown = move || self.0.shutdown_with_timeout(LIMIT);
        if let Ok(Err(error)) = tokio::task::spawn_blocking(shutdown).await {
            tracing::warn!("not all traces were exported: {error}");
        }
    }
}

/// Reads the time limit for a request.
fn read_limit() -> Duration {
    let texts = LIMITS.iter().filter_map(|name| env::var(name).ok());
    let mut limits = texts.filter_map(|text| text.trim().parse().ok());
    limits.find(|limit| *limit > 0).map_or(LIMIT, Duration::from_millis)
}

/// Sends to the receiver over our own transport.
#[derive(Debug)]
struct Client {
    transport: HttpTransport,
    /// The threads of the export have none.
    runtime: Handle,
    limit: Duration,
    /// Whether a failure was reported: one is enough.
    failed: AtomicBool,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let transport = self.transport.clone();
        let limit = self.limit;
        let sent = self.runtime.spawn(async move {
            let sent = transport.send(request.map(Body::from));
            let response = tokio::time::timeout(limit, sent).await??;
            // Nothing in its body matters, and it may be endless.
            Ok(response.map(|_| Bytes::new()))
        });
        let response: Result<Response<Bytes>, HttpError> = sent.await?;
        let failure = match &response {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(response.status().to_string()),
            Err(error) => Some(error.to_string()),
        };
        if let Some(failure) = failure
            && !self.failed.swap(true, Ordering::Relaxed)
        {
            tracing::warn!("cannot export traces: {failure}");
        }
        response
    }
}
