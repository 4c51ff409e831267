//! Help, completions and the man page.

use super::Home;

#[tokio::test]
async fn short_help() {
    let ended = Home::new().run(&["-h"]).await;
    assert_eq!((ended.code, &*ended.err), (Some(0), ""));
    insta::assert_snapshot!(ended.out);
}

#[tokio::test]
async fn long_help() {
    let ended = Home::new().run(&["--help"]).await;
    assert_eq!((ended.code, &*ended.err), (Some(0), ""));
    insta::assert_snapshot!(ended.out);
}

#[tokio::test]
async fn help_of_abort() {
    let ended = Home::new().run(&["abort", "-h"]).await;
    assert_eq!((ended.code, &*ended.err), (Some(0), ""));
    insta::assert_snapshot!(ended.out);
}

#[tokio::test]
async fn completions_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ended = Home::new().run(&["completions", shell]).await;
        assert_eq!((ended.code, &*ended.err), (Some(0), ""), "{shell}");
        for word in ["box-upload", "on-conflict", "abort"] {
            assert!(ended.out.contains(word), "{shell}: {word}");
        }
    }
}

/// Its generator mistakes a path for a command without options.
#[tokio::test]
async fn fish_completes_options_after_a_path() {
    let ended = Home::new().run(&["completions", "fish"]).await;
    let line = ended.out.lines().find(|line| line.contains("-l on-conflict")).unwrap();
    let condition = "-n \"not __fish_seen_subcommand_from abort sessions ls mkdir login logout whoami report completions man\"";
    assert!(line.contains(condition), "{line}");
    let line = ended.out.lines().find(|line| line.contains("-a \"abort\"")).unwrap();
    assert!(line.contains("-n \"__fish_box_upload_needs_command\""), "{line}");
}

#[tokio::test]
async fn the_man_page_has_its_sections() {
    let ended = Home::new().run(&["man"]).await;
    assert_eq!((ended.code, &*ended.err), (Some(0), ""));
    let sections = ended.out.lines().filter_map(|line| line.strip_prefix(".SH "));
    insta::assert_snapshot!(sections.collect::<Vec<_>>().join("\n"));
    for line in
        [".TH box-upload 1 2026-", r"\fB\-\-to\fR", "\\fB143\\fR", "\\fBBOX_ACCESS_TOKEN\\fR"]
    {
        assert!(ended.out.contains(line), "{line}");
    }
}

#[tokio::test]
async fn a_closed_standard_output_is_not_an_error() {
    let home = Home::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = home.command(&["man"]);
    command.stdout(writer);
    let child = command.spawn().unwrap();
    drop(command);
    let ended = super::end_of(child).await;
    assert_eq!((ended.code, &*ended.err), (Some(0), ""));
}

/// The README has the codes of the program, which a unit test compares.
#[tokio::test]
async fn help_and_man_page_have_the_exit_codes_of_the_readme() {
    let readme = include_str!("../../README.md");
    let (_, section) = readme.split_once("## Exit codes\n").unwrap();
    let rows = section.lines().skip(3).take_while(|line| !line.is_empty());
    let help = Home::new().run(&["--help"]).await.out;
    let man = Home::new().run(&["man"]).await.out;
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, code, meaning, _] = cells[..] else { panic!("{row}") };
        assert!(help.contains(&format!("  {code:>3}  {meaning}\n")), "{row}\n{help}");
        let meaning = meaning.replace('-', "\\-");
        assert!(man.contains(&format!("\\fB{code}\\fR\n{meaning}\n")), "{row}\n{man}");
    }
}
