// Bundles the page into the folder that is given, beside the WebAssembly module that is there already.
import { build } from "esbuild";
import { copyFileSync, cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) throw new Error("usage: node build.mjs DIRECTORY");

await build({
  absWorkingDir: here,
  entryPoints: { main: "src/main.ts", worker: "src/worker.ts", style: "style.css" },
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome123", "firefox120", "safari17.5"],
  legalComments: "none",
  logLevel: "warning",
});
copyFileSync(join(here, "index.html"), join(out, "index.html"));
copyFileSync(join(here, "icon.svg"), join(out, "icon.svg"));
cpSync(join(here, "examples"), join(out, "examples"), { recursive: true });

// Box's own document is an example, too: as large as documents usually are, with an overlay and a configuration.
const spec = join(here, "../../spec");
mkdirSync(join(out, "examples/box"), { recursive: true });
for (const name of ["box-upload-sessions.yaml", "overlay.yaml", "crate.yaml"]) {
  copyFileSync(join(spec, name), join(out, "examples/box", name));
}
