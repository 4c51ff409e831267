// What the page is about, and how it gets into the address and out of it.

import type { GenerateRequest } from "./protocol";

/** Everything that a user has entered. */
export interface State {
  document: string;
  overlay: string;
  config: string;
  earlier: string;
  name: string;
  version: string;
  only: string;
  exclude: string;
}

export const EMPTY: State = {
  document: "",
  overlay: "",
  config: "",
  earlier: "",
  name: "",
  version: "",
  only: "",
  exclude: "",
};

/** Of the documents' texts, the one that an editor has. */
export type Part = "document" | "overlay" | "config" | "earlier";

/** Begins an address's fragment that holds a state; another number would be another form. */
const MARK = "#1.";

/** A fragment may not say more than this, however small it is. */
const LARGEST = 32 << 20;

/** What the command calls the text of a part. */
export function fileName(part: Part, text: string): string {
  const ending = text.trimStart().startsWith("{") ? "json" : "yaml";
  const stems = { document: "openapi", overlay: "overlay", config: "crate", earlier: "earlier" };
  return `${stems[part]}.${ending}`;
}

/** Patterns are separated by commas. */
export function splitPatterns(text: string): string[] {
  return text.split(",").map((pattern) => pattern.trim()).filter((pattern) => pattern !== "");
}

export function makeRequest(state: State): GenerateRequest {
  const source = (part: Part) => ({ name: fileName(part, state[part]), text: state[part] });
  return {
    ask: "generate",
    document: source("document"),
    overlay: source("overlay"),
    config: source("config"),
    earlier: source("earlier"),
    name: state.name.trim(),
    version: state.version.trim(),
    only: splitPatterns(state.only),
    exclude: splitPatterns(state.exclude),
  };
}

/** The fragment of an address that holds the state. */
export async function writeFragment(state: State): Promise<string> {
  const members = Object.entries(state).filter(([, text]) => text !== "");
  const bytes = new TextEncoder().encode(JSON.stringify(Object.fromEntries(members)));
  const packed = await pass(bytes, new CompressionStream("deflate-raw"));
  const letters = Array.from(packed, (byte) => String.fromCharCode(byte)).join("");
  return MARK + btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The state in the fragment of an address; nothing if it holds none, and an error if it is damaged. */
export async function readFragment(fragment: string): Promise<State | undefined> {
  if (!fragment.startsWith(MARK)) return undefined;
  const letters = atob(fragment.slice(MARK.length).replaceAll("-", "+").replaceAll("_", "/"));
  const packed = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const bytes = await pass(packed, new DecompressionStream("deflate-raw"));
  const members: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  const state = { ...EMPTY };
  for (const key of Object.keys(EMPTY) as (keyof State)[]) {
    const text = (members as Record<string, unknown>)[key];
    if (typeof text === "string") state[key] = text;
  }
  return state;
}

async function pass(
  bytes: Uint8Array<ArrayBuffer>,
  through: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = new Blob([bytes]).stream().pipeThrough(through).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > LARGEST) throw new Error("the address holds too much");
    chunks.push(value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
