// The command that does what the page does.

import { type Part, type State, fileName, splitPatterns } from "./state";

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The parts that say something. */
function given(state: State): Part[] {
  const parts: Part[] = ["document", "overlay", "config", "earlier"];
  return parts.filter((part) => state[part].trim() !== "");
}

/** The command line that makes the crate, and the one that compares, if there is something to compare with. */
export function commandLines(state: State): string[] {
  const name = (part: Part) => quote(fileName(part, state[part]));
  const parts = given(state);
  const shared: string[] = [];
  if (parts.includes("overlay")) shared.push("--overlay", name("overlay"));
  if (parts.includes("config")) shared.push("--config", name("config"));
  const own = [
    ...splitPatterns(state.only).flatMap((pattern) => ["--only", quote(pattern)]),
    ...splitPatterns(state.exclude).flatMap((pattern) => ["--exclude", quote(pattern)]),
  ];
  if (state.name.trim()) own.push("--name", quote(state.name.trim()));
  else if (!parts.includes("config")) own.push("--name", "api");
  if (state.version.trim()) own.push("--crate-version", quote(state.version.trim()));
  own.push("--out", quote(state.name.trim() || "crate"));
  const lines = [["openapi-crate", name("document"), ...shared, ...own].join(" ")];
  if (parts.includes("earlier")) {
    lines.push(["openapi-crate diff", name("earlier"), name("document"), ...shared].join(" "));
  }
  return lines;
}

/** A script that writes the texts into files and runs the command. */
export function writeScript(state: State): string {
  const script = [
    "#!/bin/sh",
    "# Makes the crate that the playground showed. Files that are there already are not written over.",
    "set -euC",
    "",
  ];
  for (const part of given(state)) {
    const text = state[part].replace(/\n$/, "");
    const lines = new Set(text.split("\n"));
    let end = "EOF";
    while (lines.has(end)) end += "_";
    script.push(`cat > ${quote(fileName(part, state[part]))} <<'${end}'`, text, end, "");
  }
  return [...script, ...commandLines(state), ""].join("\n");
}
