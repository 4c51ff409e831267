// Runs the generator away from the page, which stays responsive and can end it.

import type { Reply, Request } from "./protocol";

interface Generator {
  memory: WebAssembly.Memory;
  reserve(length: number): number;
  respond(): number;
  failure(): number;
}

let module: WebAssembly.Module | undefined;
let generator: Generator | undefined;

function instantiate(): Generator {
  if (!module) throw new Error("the generator is not loaded");
  return new WebAssembly.Instance(module).exports as unknown as Generator;
}

function readText({ memory }: Generator, at: number): string {
  const length = new DataView(memory.buffer).getUint32(at, true);
  return new TextDecoder().decode(new Uint8Array(memory.buffer, at + 4, length));
}

function ask(generator: Generator, request: Request): string {
  const bytes = new TextEncoder().encode(JSON.stringify(request));
  const at = generator.reserve(bytes.length);
  new Uint8Array(generator.memory.buffer, at, bytes.length).set(bytes);
  return readText(generator, generator.respond());
}

/** Why the generator has stopped, as far as can be known. */
function explainFailure(stopped: Generator | undefined, error: unknown): string {
  if (error instanceof RangeError) return "It is nested too deeply for the stack that a browser gives.";
  let said = "";
  try {
    if (stopped) said = readText(stopped, stopped.failure());
  } catch {
    // What has stopped may have nothing more to say.
  }
  if (said) return `The generator failed, which is a mistake in it: ${said}`;
  return "It needs more memory than a browser gives.";
}

self.onmessage = ({ data }: MessageEvent<{ module: WebAssembly.Module } | { id: number; request: Request }>) => {
  if ("module" in data) {
    module = data.module;
    return;
  }
  let reply: Reply;
  try {
    generator ??= instantiate();
    const started = performance.now();
    const text = ask(generator, data.request);
    reply = { id: data.id, text, milliseconds: performance.now() - started };
  } catch (error) {
    reply = { id: data.id, failure: explainFailure(generator, error) };
    // What it was about to do is lost: the next request gets a new one.
    generator = undefined;
  }
  self.postMessage(reply);
};
