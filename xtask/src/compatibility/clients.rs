//! The clients: their versions, and how each is installed and run.

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use clap::ValueEnum;

use super::tunnel::Tunnel;
use super::{Emulator, Workshop, fill_bytes};
use crate::commands::run_command;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Client {
    Rclone,
    Python3,
    PythonGen,
    Python10,
    Node3,
    Node10,
}

/// All clients, in the order of their tests.
pub(super) fn all() -> impl Iterator<Item = Client> {
    Client::value_variants().iter().copied()
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((registry, package, version, _)) = self.package() else {
            return f.write_str("rclone, as installed");
        };
        write!(f, "{package} {version} of {registry}")
    }
}

impl Client {
    /// Registry, package, version, and the script that uses it.
    fn package(self) -> Option<(&'static str, &'static str, &'static str, &'static str)> {
        match self {
            Self::Rclone => None,
            Self::Python3 => Some(("PyPI", "boxsdk", "3.14.0", "python_3.py")),
            Self::PythonGen => Some(("PyPI", "box-sdk-gen", "1.17.0", "generated_sdk.py")),
            Self::Python10 => Some(("PyPI", "boxsdk", "10.18.0", "generated_sdk.py")),
            Self::Node3 => Some(("npm", "box-node-sdk", "3.8.2", "node_3.js")),
            Self::Node10 => Some(("npm", "box-node-sdk", "10.12.0", "node_10.js")),
        }
    }

    /// Installs the client unless it is there, and returns the command that runs it.
    pub(super) fn install(self, workshop: &Workshop) -> Result<Command, String> {
        let Some((registry, package, version, script)) = self.package() else {
            let version = read_output(Command::new("rclone").arg("version"))?;
            println!("{}", version.lines().next().unwrap_or_default());
            return Ok(Command::new("rclone"));
        };
        let folder = workshop.folder.join(format!("{package}-{version}"));
        let done = folder.join("installed");
        if !done.exists() {
            // What an earlier attempt left may be incomplete.
            let _ = fs::remove_dir_all(&folder);
            let installed = match registry {
                "PyPI" => install_python(&folder, package, version),
                _ => install_node(&folder, package, version),
            };
            installed?;
            fs::write(&done, "").map_err(|error| format!("{}: {error}", done.display()))?;
        }
        let script = workshop.scripts.join(script);
        Ok(if registry == "PyPI" {
            let mut command = Command::new(folder.join("bin/python"));
            command.arg(script);
            command
        } else {
            let mut command = Command::new("node");
            command.arg(script).env("NODE_PATH", folder.join("node_modules"));
            command
        })
    }

    pub(super) fn run(self, workshop: &Workshop, mut command: Command) -> Result<(), String> {
        if self == Self::Rclone {
            return run_rclone(workshop);
        }
        let emulator = workshop.start_emulator(&[])?;
        run_command(command.arg(&emulator.url).arg(workshop.files()))
    }
}

fn install_python(folder: &Path, package: &str, version: &str) -> Result<(), String> {
    read_output(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    read_output(pip.arg(format!("{package}=={version}"))).map(drop)
}

fn install_node(folder: &Path, package: &str, version: &str) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--ignore-scripts", "--no-audit", "--prefix"]).arg(folder);
    read_output(npm.arg(format!("{package}@{version}"))).map(drop)
}

/// rclone has no option for another base URL: it is led to the emulator by a proxy, and trusts its certificate.
fn run_rclone(workshop: &Workshop) -> Result<(), String> {
    let failed = |error: std::io::Error| error.to_string();
    let local = workshop.folder.join("rclone");
    let certificate = workshop.folder.join("certificate.pem");
    let key = workshop.folder.join("key.pem");
    let mut openssl = Command::new("openssl");
    openssl
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Box"]);
    openssl.args(["-addext", "subjectAltName=DNS:api.box.com,DNS:upload.box.com"]);
    read_output(openssl.arg("-keyout").arg(&key).arg("-out").arg(&certificate))?;
    let certificate = utf8(&certificate)?;
    let key = utf8(&key)?;
    let emulator = workshop.start_emulator(&["--tls-cert", certificate, "--tls-key", key])?;
    let tunnel = Tunnel::start(&emulator.url).map_err(failed)?;
    let rclone = Rclone { emulator, tunnel, certificate };

    let _ = fs::remove_dir_all(&local);
    fs::create_dir_all(local.join("sub")).map_err(failed)?;
    fs::write(local.join("small.txt"), "small\n").map_err(failed)?;
    fs::write(local.join("sub/other.txt"), "other\n").map_err(failed)?;
    // rclone uploads in parts from 50 MiB on.
    let large = local.join("large.bin");
    fs::write(&large, fill_bytes((51 << 20) + 1, 3)).map_err(failed)?;
    let local = utf8(&local)?;
    rclone.run(&["copy", local, "box:Backup"])?;
    rclone.run(&["check", local, "box:Backup"])?;
    let listed = rclone.read(&["ls", "box:Backup"])?;
    let mut names: Vec<_> =
        listed.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
    names.sort_unstable();
    if names != ["large.bin", "small.txt", "sub/other.txt"] {
        return Err(format!("`rclone ls` shows {names:?}"));
    }
    fs::write(&large, fill_bytes(52 << 20, 4)).map_err(failed)?;
    fs::write(Path::new(local).join("small.txt"), "changed\n").map_err(failed)?;
    if rclone.run(&["check", local, "box:Backup"]).is_ok() {
        return Err("`rclone check` does not see that files differ".to_owned());
    }
    rclone.run(&["copy", local, "box:Backup"])?;
    rclone.run(&["check", "--download", local, "box:Backup"])?;
    let moved = rclone.read(&["copy", "--verbose", local, "box:Backup"])?;
    if moved.contains("Copied") {
        Err("a second copy sends files again".to_owned())
    } else {
        Ok(())
    }
}

struct Rclone<'a> {
    emulator: Emulator,
    tunnel: Tunnel,
    certificate: &'a str,
}

impl Rclone<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("rclone");
        command.args(["--ca-cert", self.certificate, "--retries", "1", "--low-level-retries", "1"]);
        command
            .args(arguments)
            .env("HTTPS_PROXY", self.tunnel.url())
            .env("RCLONE_CONFIG", "/dev/null");
        command.env("RCLONE_CONFIG_BOX_TYPE", "box").env("RCLONE_CONFIG_BOX_ACCESS_TOKEN", "any");
        command
    }

    fn run(&self, arguments: &[&str]) -> Result<(), String> {
        println!("rclone {}, at {}", arguments.join(" "), self.emulator.url);
        run_command(&mut self.command(arguments))
    }

    /// Returns all that it prints.
    fn read(&self, arguments: &[&str]) -> Result<String, String> {
        println!("rclone {}, at {}", arguments.join(" "), self.emulator.url);
        read_output(&mut self.command(arguments))
    }
}

fn utf8(path: &Path) -> Result<&str, String> {
    path.to_str().ok_or_else(|| format!("{} is not valid UTF-8", path.display()))
}

/// Runs a command, and returns all that it prints; that is the failure if it fails.
fn read_output(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let Output { status, stdout, stderr } =
        command.output().map_err(|error| format!("{name}: {error}"))?;
    let text = String::from_utf8_lossy(&[stdout, stderr].concat()).trim().to_owned();
    if status.success() { Ok(text) } else { Err(format!("`{name}` failed: {text}")) }
}
