import type { Reply, Request } from "./protocol";

/** How long a document may take, in seconds. Ordinary ones take some hundredths. */
export const LIMIT = 10;

/** The generator did not respond. The message is for the user. */
export class Stopped extends Error {}

interface Waiting {
  resolve(outcome: Outcome): void;
  reject(error: Error): void;
  timer: number;
}

export interface Outcome {
  value: unknown;
  /** What the generator took. */
  milliseconds: number;
}

/** The generator in its worker, which is ended and started again where it takes too long. */
export class Engine {
  private readonly module: Promise<WebAssembly.Module>;
  private worker: Worker;
  private waiting = new Map<number, Waiting>();
  private last = 0;

  constructor(url: string) {
    this.module = load(url);
    // Whoever asks first is told.
    this.module.catch(() => {});
    this.worker = this.start();
  }

  /** Asks the generator. Rejects with `Stopped` if it runs out of time, stack or memory. */
  async ask(request: Request): Promise<Outcome> {
    await this.module;
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      const timer = window.setTimeout(() => this.restart(), LIMIT * 1000);
      this.waiting.set(id, { resolve, reject, timer });
      this.worker.postMessage({ id, request });
    });
  }

  private start(): Worker {
    const worker = new Worker("worker.js", { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Reply>) => this.settle(data);
    void this.module.then((module) => worker.postMessage({ module }), () => {});
    return worker;
  }

  private settle(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    if (!waiting) return;
    this.waiting.delete(reply.id);
    window.clearTimeout(waiting.timer);
    if ("failure" in reply) {
      waiting.reject(new Stopped(reply.failure));
    } else {
      waiting.resolve({ value: JSON.parse(reply.text), milliseconds: reply.milliseconds });
    }
  }

  private restart(): void {
    this.worker.terminate();
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    this.worker = this.start();
    for (const { reject, timer } of waiting) {
      window.clearTimeout(timer);
      reject(new Stopped(`It was stopped after ${LIMIT} seconds.`));
    }
  }
}

async function load(url: string): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Stopped(`The generator cannot be loaded: ${response.status}.`);
  if (response.headers.get("content-type")?.startsWith("application/wasm")) {
    return WebAssembly.compileStreaming(response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}
