//! Builds, serves and tests `playground/`.

mod serve;

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use crate::commands::{
    WEBASSEMBLY, build_binary, cargo_command, copy_file, install_packages, install_webassembly,
    run_command, target_folder,
};

/// Build the playground, the generator as a web page, into `playground/dist`
///
/// Requires `npm`; installs the target `wasm32-unknown-unknown` and the packages of `playground/web`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Serve the page on this machine after building it
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "8080")]
    serve: Option<u16>,
    /// Test the page in Chromium: `$CHROMIUM`, or /usr/bin/chromium
    #[arg(long, conflicts_with = "serve")]
    test: bool,
    /// Save the tests' screenshot for the README
    #[arg(long, requires = "test")]
    screenshot: bool,
}

/// The stack of the module, as large as the command's, and the most memory that it may take.
const LINKER: [&str; 2] =
    ["-Clink-arg=-zstack-size=67108864", "-Clink-arg=--max-memory=2147483648"];

pub(crate) fn build_playground(arguments: &Arguments) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("there is no workspace")?;
    let web = root.join("playground/web");
    let page = root.join("playground/dist");
    install_webassembly()?;
    install_packages(&web)?;
    let module = build_module(root)?;
    fs::create_dir_all(&page).map_err(|error| format!("{}: {error}", page.display()))?;
    copy_file(&module, &page.join("generator.wasm"))?;
    run_command(Command::new("npm").args(["run", "--silent", "check"]).current_dir(&web))?;
    let mut build = Command::new("npm");
    build.args(["run", "--silent", "build", "--"]).arg(&page).current_dir(&web);
    run_command(&mut build)?;
    println!("playground/dist is built");
    if arguments.test {
        test_page(root, &page, arguments.screenshot)?;
    }
    if let Some(port) = arguments.serve {
        let listener = bind_port(port)?;
        println!("http://{}/", local_address(&listener)?);
        serve::serve_folder(&listener, &page);
    }
    Ok(())
}

/// The WebAssembly module, and where it is.
fn build_module(root: &Path) -> Result<PathBuf, String> {
    let mut build = cargo_command(root);
    build.args(["rustc", "--quiet", "--locked", "--package", "openapi-crate-playground"]);
    build.args([
        "--target",
        WEBASSEMBLY,
        "--profile",
        "playground",
        "--crate-type",
        "cdylib",
        "--",
    ]);
    run_command(build.args(LINKER))?;
    Ok(target_folder(root).join(WEBASSEMBLY).join("playground/openapi_crate_playground.wasm"))
}

/// Runs the tests against the page, served as a web server would, and against the command.
fn test_page(root: &Path, page: &Path, keep_screenshot: bool) -> Result<(), String> {
    let command = build_binary(root, "openapi-crate")?;
    let listener = bind_port(0)?;
    let url = format!("http://{}/", local_address(&listener)?);
    let served = page.to_owned();
    thread::spawn(move || serve::serve_folder(&listener, &served));
    let screenshots = target_folder(root).join("playground-screenshots");
    fs::create_dir_all(&screenshots).map_err(|error| error.to_string())?;
    let mut tests = Command::new("npm");
    tests.args(["run", "--silent", "test"]).current_dir(root.join("playground/web"));
    tests.env("PLAYGROUND", url).env("PLAYGROUND_DIST", page);
    tests.env("OPENAPI_CRATE", command);
    tests.env("SCREENSHOTS", &screenshots);
    run_command(&mut tests)?;
    if keep_screenshot {
        copy_file(
            &screenshots.join("wide-explanation-light.png"),
            &root.join("playground/screenshot.png"),
        )?;
    }
    Ok(())
}

fn bind_port(port: u16) -> Result<TcpListener, String> {
    TcpListener::bind(("127.0.0.1", port)).map_err(|error| format!("port {port}: {error}"))
}

fn local_address(listener: &TcpListener) -> Result<String, String> {
    listener.local_addr().map(|address| address.to_string()).map_err(|error| error.to_string())
}
