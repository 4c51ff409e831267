// Starts the emulator and makes the calls: `node run.mjs <module> <emulator> <faults>`.

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [module, emulator, faults] = process.argv.slice(2);
const { check } = createRequire(import.meta.url)(module);
const child = spawn(emulator, ["--port", "0", "--faults", faults], { stdio: ["ignore", "pipe", "ignore"] });
for await (const line of createInterface({ input: child.stdout })) {
  try {
    await check(line.match(/http:\S+/)[0]);
    console.log("all calls ended as they should");
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
  break;
}
child.kill();
// Nothing that a call has started may keep the process alive.
setTimeout(() => {
  console.error("a timer or a connection is left");
  process.exit(1);
}, 10_000).unref();
