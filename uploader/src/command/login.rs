//! `box-upload login` and `box-upload logout`.

mod redirect;

use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, io};

use box_uploader::Uploader;
use box_uploader::credentials::{CredentialsError, SignIn, SignedOut};
use tokio::net::TcpListener;

use super::arguments::{Login, Logout, Service};
use super::client;
use super::command_error::CommandError;
use super::context::Context;
use super::exit::Exit;
use super::folders::wait_unless_interrupted;
use super::profile::open_profile;
use super::report::Message;

/// Box's page for signing in.
const AUTHORIZE: &str = "https://account.box.com/api/oauth2/authorize";

/// Time limit for telling who signed in, which is only a courtesy.
const WHOAMI_LIMIT: Duration = Duration::from_secs(10);

/// Signs a user in with a browser.
pub(super) async fn run_login(context: &Context, login: &Login) -> Result<Exit, CommandError> {
    let work = tokio::time::timeout(login.timeout, sign_in(context, login));
    match wait_unless_interrupted(context, work).await {
        Err(exit) => Ok(exit),
        Ok(Err(_)) => {
            let what = "nobody signed in within the time limit";
            Err(CommandError::credentials(what).hint("use --timeout to wait longer"))
        }
        Ok(Ok(done)) => done,
    }
}

async fn sign_in(context: &Context, login: &Login) -> Result<Exit, CommandError> {
    let id = read_variable("BOX_CLIENT_ID")?;
    let secret = read_variable("BOX_CLIENT_SECRET")?;
    let profile = open_profile(&login.profile, &login.service)?;
    let client = client::build_plain_client(&login.service)?;
    let (listener, redirect) = listen(login.port).await.map_err(|error| {
        let what = format!("cannot listen on port {} of 127.0.0.1", login.port);
        CommandError::setup(what).because(&error).hint("use --port to choose another one")
    })?;
    let sign_in = SignIn::new(id, secret, redirect).map_err(|error| to_failure(&error))?;
    let url = sign_in.url(&authorize_url(&login.service));
    context.reporter.report(&Message::SignIn { url: &url });
    if !login.no_browser {
        open_browser(&url);
    }
    let code = redirect::wait_for_code(&listener, &sign_in).await?;
    let code = code.map_err(|reason| {
        CommandError::credentials(format!("the sign-in was refused: {reason}"))
    })?;
    sign_in.finish(&client, code, &profile).await.map_err(|error| to_failure(&error))?;
    let uploader = client::build_uploader_with_profile(&login.service, profile)?;
    report_user(context, &uploader).await;
    Ok(Exit::Done)
}

/// Listens where the browser returns to, and returns that URL.
async fn listen(port: u16) -> io::Result<(TcpListener, String)> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let redirect = format!("http://{}/", listener.local_addr()?);
    Ok((listener, redirect))
}

/// Tells who signed in, if Box tells it.
async fn report_user(context: &Context, uploader: &Uploader) {
    match tokio::time::timeout(WHOAMI_LIMIT, uploader.current_user()).await {
        Ok(Ok(user)) => context.reporter.report(&Message::User(&user)),
        Ok(Err(error)) => tracing::warn!(%error, "signed in, but Box did not return the user"),
        Err(_) => tracing::warn!("signed in, but Box did not return the user in time"),
    }
}

/// Revokes and forgets a sign-in.
pub(super) async fn run_logout(context: &Context, logout: &Logout) -> Result<Exit, CommandError> {
    let Logout { profile: name, ca_file, no_proxy, .. } = logout;
    // The tokens go to the service that they are from, whatever the environment says.
    let base_url = open_profile(name, &Service::default())?.stored_service();
    let service = Service { base_url, ca_file: ca_file.clone(), no_proxy: *no_proxy };
    let profile = open_profile(name, &service)?;
    let client = client::build_plain_client(&service)?;
    let signed_out = match wait_unless_interrupted(context, profile.sign_out(&client)).await {
        Ok(signed_out) => signed_out.map_err(|error| to_failure(&error))?,
        Err(exit) => return Ok(exit),
    };
    match signed_out {
        SignedOut::NotSignedIn => {
            return Err(CommandError::credentials(format!("profile `{name}` is not signed in")));
        }
        SignedOut::NotRevoked(error) => {
            tracing::warn!("the tokens remain valid until they expire: {error}");
        }
        _ => {}
    }
    context.reporter.report(&Message::SignedOut { profile: &logout.profile });
    Ok(Exit::Done)
}

fn to_failure(error: &CredentialsError) -> CommandError {
    CommandError::credentials(error.to_string()).because(error)
}

/// Reads a variable that identifies the application.
fn read_variable(name: &str) -> Result<String, CommandError> {
    let value = env::var(name).map(|value| value.trim().to_owned());
    value.ok().filter(|value| !value.is_empty()).ok_or_else(|| {
        CommandError::credentials(format!("{name} is not set")).hint(
            "set BOX_CLIENT_ID and BOX_CLIENT_SECRET to those of an application of Box's \
             developer console",
        )
    })
}

/// The page for signing in: Box's, or that of what stands in for Box.
fn authorize_url(service: &Service) -> String {
    match &service.base_url {
        Some(url) => format!("{}/api/oauth2/authorize", url.trim_end_matches('/')),
        None => AUTHORIZE.to_owned(),
    }
}

/// Opens a URL in the user's browser, if there is one; otherwise the user opens it.
fn open_browser(url: &str) {
    let mut command = if cfg!(windows) {
        let mut command = Command::new("rundll32");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else if cfg!(target_os = "macos") {
        Command::new("open")
    } else {
        Command::new("xdg-open")
    };
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.spawn() {
        // Reaped when it ends, which may be long after the sign-in.
        Ok(mut child) => drop(std::thread::spawn(move || child.wait())),
        Err(error) => tracing::debug!(%error, "no browser was opened"),
    }
}
