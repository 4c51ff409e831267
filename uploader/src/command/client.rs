//! Builds the uploader from the command line.

use std::path::Path;

use box_upload_sessions::runtime::Transport;
use box_upload_sessions::{Client, ClientBuilder};
use box_uploader::credentials::{Credentials, Profile};
use box_uploader::transport::HttpTransport;
use box_uploader::{Resume, Retry, Uploader};

use super::arguments::{Connection, Service, Upload};
use super::command_error::CommandError;
use super::journal;
use super::metrics::{MeasuredTransport, Metrics};
use super::profile::find_profile;

/// Builds an uploader for uploads, whose requests are counted.
pub(super) fn build_upload_client(
    upload: &Upload,
    metrics: &Metrics,
) -> Result<Uploader, CommandError> {
    let connection = &upload.connection;
    let credentials = find_credentials(connection)?;
    let transport = build_transport(&connection.service, upload.transfer.limit_rate)?;
    let transport = MeasuredTransport::new(transport, metrics.clone());
    let uploader = finish_uploader(connection, credentials, &transport)?;
    Ok(configure_uploader(uploader, upload))
}

/// Builds an uploader for everything else.
pub(super) fn build_uploader(connection: &Connection) -> Result<Uploader, CommandError> {
    let credentials = find_credentials(connection)?;
    finish_uploader(connection, credentials, &build_transport(&connection.service, None)?)
}

fn finish_uploader(
    connection: &Connection,
    credentials: Credentials,
    transport: &(impl Transport + Clone),
) -> Result<Uploader, CommandError> {
    let client = add_credentials(&connection.service, transport, credentials)?;
    let client = match &connection.access.as_user {
        Some(user) => client.default_header("as-user", user),
        None => client,
    };
    Ok(Uploader::new(build_client(client)?))
}

/// Builds an uploader for a sign-in.
pub(super) fn build_uploader_with_profile(
    service: &Service,
    profile: Profile,
) -> Result<Uploader, CommandError> {
    let transport = build_transport(service, None)?;
    let client = add_credentials(service, &transport, Credentials::profile(profile))?;
    Ok(Uploader::new(build_client(client)?))
}

/// Builds a client without credentials.
pub(super) fn build_plain_client(service: &Service) -> Result<Client, CommandError> {
    build_client(prepare_client(service, &build_transport(service, None)?))
}

/// A client builder without credentials.
fn prepare_client(service: &Service, transport: &(impl Transport + Clone)) -> ClientBuilder {
    let client = client_builder().transport(transport.clone());
    match &service.base_url {
        Some(url) => client.base_url(url),
        None => client,
    }
}

/// A client builder with credentials, which request tokens through the same connections. Tokens are
/// issued to the application itself, whoever it then acts for.
fn add_credentials(
    service: &Service,
    transport: &(impl Transport + Clone),
    credentials: Credentials,
) -> Result<ClientBuilder, CommandError> {
    let client = build_client(prepare_client(service, transport))?;
    let credential = credentials.into_credential(client);
    Ok(prepare_client(service, transport).access_token(credential))
}

/// Finds credentials in the environment or a file, never on the command line.
fn find_credentials(connection: &Connection) -> Result<Credentials, CommandError> {
    let access = &connection.access;
    #[cfg(feature = "jwt")]
    if let Some(path) = &access.jwt_config {
        return Credentials::jwt_config(path, None)
            .map_err(|error| CommandError::credentials(error.to_string()).because(&error));
    }
    if let Some(path) = &access.token_file {
        // The file is read for each request; checking it now reports errors early.
        return match std::fs::File::open(path) {
            Ok(_) => Ok(Credentials::token_file(path)),
            Err(error) => {
                let what = format!("cannot read the access token in `{}`", path.display());
                Err(CommandError::credentials(what).because(&error))
            }
        };
    }
    if let Some(profile) = find_profile(access.profile.as_deref(), &connection.service)? {
        return Ok(Credentials::profile(profile));
    }
    Credentials::from_env().map_err(|error| {
        CommandError::credentials(error.to_string()).because(&error).hint(
            "set BOX_ACCESS_TOKEN, or sign in with `box-upload login`; see `box-upload --help` \
             for other ways",
        )
    })
}

/// A client builder with our user agent.
pub(super) fn client_builder() -> ClientBuilder {
    Client::builder().user_agent(concat!("box-upload/", env!("CARGO_PKG_VERSION")))
}

/// Builds the client. It fails for an invalid URL or user.
pub(super) fn build_client(client: ClientBuilder) -> Result<Client, CommandError> {
    client.build().map_err(|error| CommandError::usage(error.to_string()))
}

fn build_transport(service: &Service, limit: Option<u64>) -> Result<HttpTransport, CommandError> {
    let transport = HttpTransport::builder().proxy_from_env(!service.no_proxy);
    let transport = match &service.ca_file {
        Some(path) => transport.root_certificate_pem(std::fs::read(path).map_err(|error| {
            CommandError::setup(format!("cannot read `{}`", path.display())).because(&error)
        })?),
        None => transport,
    };
    let transport = match limit {
        Some(limit) => transport.bytes_per_second(limit),
        None => transport,
    };
    transport.build().map_err(|error| CommandError::setup(error.to_string()))
}

fn configure_uploader(uploader: Uploader, upload: &Upload) -> Uploader {
    let transfer = &upload.transfer;
    let resumption = &upload.resumption;
    let attempts = transfer.retries.saturating_add(1);
    let uploader = uploader
        .retry(Retry { attempts, ..Retry::default() })
        .idle_timeout(transfer.timeout)
        .connections(usize::from(transfer.concurrency.max(transfer.files)).max(16))
        .abort_on_failure(resumption.abort_on_failure)
        .resume(match (resumption.resume, resumption.no_resume) {
            (true, _) => Resume::Required,
            (_, true) => Resume::Never,
            _ => Resume::IfPossible,
        });
    if resumption.no_journal {
        uploader
    } else {
        with_journal(uploader, resumption.journal.as_deref())
    }
}

/// Sets the journal folder, or the user's default.
pub(super) fn with_journal(uploader: Uploader, folder: Option<&Path>) -> Uploader {
    match folder.map(Path::to_owned).or_else(journal::default_folder) {
        Some(folder) => uploader.journal(folder),
        None => uploader,
    }
}
