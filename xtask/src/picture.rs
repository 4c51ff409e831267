//! Draws `docs/demo.svg`: what `box-upload --demo` prints.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use crate::commands::build_binary;

/// Draw docs/demo.svg from the output of `box-upload --demo`
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; fail if the picture is out of date
    #[arg(long)]
    check: bool,
}

/// The file that the demonstration uploads.
const FILE: &str = "report.pdf";
const SIZE: usize = 3_000_000;

/// Where the summary begins. What precedes it has times and ports in it.
const SUMMARY: &str = "Injected faults, and how the upload recovered:";

const COLUMN: f64 = 8.4;
const LINE: usize = 20;

pub(crate) fn draw_picture(arguments: &Arguments) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("there is no workspace")?;
    let picture = draw_terminal(&run_demo(root)?);
    let path = root.join("docs/demo.svg");
    if arguments.check {
        let known = fs::read_to_string(&path).unwrap_or_default();
        return compare_pictures(&known, &picture);
    }
    fs::write(&path, picture).map_err(|error| format!("{}: {error}", path.display()))
}

/// Fails at the first line that differs in more than its numbers. How many parts the first attempt
/// stored, and how much of a broken part arrived, is each run's own.
fn compare_pictures(known: &str, drawn: &str) -> Result<(), String> {
    if hide_numbers(known) == hide_numbers(drawn) {
        return Ok(());
    }
    let mut pairs = known.lines().zip(drawn.lines());
    let differing = pairs.find(|(known, drawn)| hide_numbers(known) != hide_numbers(drawn));
    let place = match differing {
        Some((known, drawn)) => format!("\n  in the file: {known}\n  drawn now:   {drawn}"),
        None => ": the number of lines differs".to_owned(),
    };
    Err(format!("docs/demo.svg is out of date; run `cargo xtask picture`{place}"))
}

/// Replaces each run of digits by one `#`.
fn hide_numbers(text: &str) -> String {
    let mut hidden = String::with_capacity(text.len());
    for character in text.chars() {
        if !character.is_ascii_digit() {
            hidden.push(character);
        } else if !hidden.ends_with('#') {
            hidden.push('#');
        }
    }
    hidden
}

/// The command line and its output.
fn run_demo(root: &Path) -> Result<Vec<String>, String> {
    let folder = env::temp_dir().join(format!("box-upload-picture-{}", std::process::id()));
    let failed = |error| format!("{}: {error}", folder.display());
    fs::create_dir_all(&folder).map_err(failed)?;
    fs::write(folder.join(FILE), vec![b'x'; SIZE]).map_err(failed)?;
    let output = Command::new(build_binary(root, "box-upload")?)
        .args(["--demo", "--concurrency", "1", FILE])
        .current_dir(&folder)
        .output();
    let _ = fs::remove_dir_all(&folder);
    let output = output.map_err(|error| format!("cannot run box-upload: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("the demonstration failed:\n{printed}"));
    }
    let begin = printed.find(SUMMARY).ok_or("the demonstration printed no summary")?;
    let mut lines = vec![format!("$ box-upload --demo {FILE}"), "…".to_owned()];
    lines.extend(printed[begin..].lines().map(str::to_owned));
    Ok(lines)
}

/// Draws lines as a terminal shows them.
fn draw_terminal(lines: &[String]) -> String {
    let columns = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let width = (columns as f64 * COLUMN).ceil() as usize + 40;
    let height = lines.len() * LINE + 64;
    let mut picture = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-label="Output of box-upload --demo">
<style>
text {{ font: 14px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d7dee7; white-space: pre; }}
.prompt, .found {{ fill: #56d08a; }}
.fault {{ fill: #f2bd5c; }}
.strong {{ font-weight: bold; fill: #ffffff; }}
</style>
<rect width="{width}" height="{height}" rx="10" fill="#151b23"/>
<circle cx="22" cy="20" r="6" fill="#ff5f57"/><circle cx="42" cy="20" r="6" fill="#febc2e"/><circle cx="62" cy="20" r="6" fill="#28c840"/>
"##
    );
    for (index, line) in lines.iter().enumerate() {
        let y = 56 + index * LINE;
        // Writing to a string does not fail.
        let _ = writeln!(picture, r#"<text x="20" y="{y}">{}</text>"#, style_line(line));
    }
    picture + "</svg>\n"
}

/// The line with its colors, which a program that does not run in a terminal leaves out.
fn style_line(line: &str) -> String {
    let style =
        |class: &str, text: &str| format!(r#"<tspan class="{class}">{}</tspan>"#, escape_xml(text));
    if line == SUMMARY {
        return style("strong", line);
    }
    for (mark, class) in [("$ ", "prompt"), ("  ! ", "fault"), ("    → ", "found")] {
        if let Some(rest) = line.strip_prefix(mark) {
            return style(class, mark) + &escape_xml(rest);
        }
    }
    match line.strip_prefix("The file is complete.") {
        Some(rest) => style("found", "The file is complete.") + &escape_xml(rest),
        None => escape_xml(line),
    }
}

fn escape_xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
