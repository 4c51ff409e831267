// What the WebAssembly module is asked, and what it says: `wasm/src/session.rs` has the other side.

/** A text and the file name that messages and the command call it by. */
export interface Source {
  name: string;
  text: string;
}

/** What a crate is to be made of. */
export interface GenerateRequest {
  ask: "generate";
  document: Source;
  overlay: Source;
  config: Source;
  earlier: Source;
  name: string;
  version: string;
  only: string[];
  exclude: string[];
}

export type Request =
  | GenerateRequest
  | { ask: "file"; path: string }
  | { ask: "files" }
  | { ask: "explanations" };

export type Severity = "error" | "warning" | "note";

/** Where something stands in a text, in units of UTF-16: what to point at, and all of it. */
export interface Place {
  source: string;
  mark: [number, number];
  extent: [number, number];
}

export interface Finding {
  code: string;
  severity: Severity;
  message: string;
  help: string | null;
  place: Place | null;
}

/** An operation, a type or a webhook. */
export interface Item {
  kind: "operation" | "struct" | "enum" | "alias" | "webhook";
  name: string;
  group: string | null;
  title: string | null;
  file: string;
  line: number;
  place: Place | null;
}

export interface ChangePlace {
  pointer: string;
  file: string;
  line: number;
  column: number;
}

export interface Change {
  rule: string;
  crate: "none" | "patch" | "minor" | "major";
  wire: "works" | "may break" | "breaks";
  silent: boolean;
  message: string;
  items: string[];
  operations: string[];
  old: ChangePlace;
  new: ChangePlace;
}

export interface Verdict {
  crate: Change["crate"];
  wire: Change["wire"];
  changes: Change[];
  next_version?: string;
}

export interface Mistake {
  option: "name" | "version" | "only" | "exclude";
  message: string;
}

export interface GenerateResponse {
  findings: Finding[];
  mistakes: Mistake[];
  summary?: { operations: number; types: number; fields: number; weakened: number } | null;
  items?: Item[];
  /** Path and size in bytes. */
  files?: [string, number][];
  /** The findings are about the earlier document. */
  comparison?: Verdict | { findings: Finding[] };
}

export interface Explanations {
  codes: Record<string, string>;
  rules: Record<string, string>;
}

/** What the worker sends back: a response and the milliseconds it took, or why there is none. */
export type Reply =
  | { id: number; text: string; milliseconds: number }
  | { id: number; failure: string };
