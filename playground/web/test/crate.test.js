// What leaves the page: the crate, the script, the address.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative, sep } from "node:path";
import { after, before, test } from "node:test";
import { unzipSync } from "fflate";
import { chooseExample, downloaded, enter, launch, open, settled } from "./browser.js";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** The files below a folder, by their paths. */
function readFolder(folder) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(names.map((name) => [relative(".", name).split(sep).join("/"), readFileSync(join(folder, name))]));
}

/** Compares the page's zip file with what the page's script makes by the command. */
async function compareWithCommand(page, crate, folderName = crate) {
  const zip = await downloaded(page, "#download");
  assert.equal(zip.name, `${crate}.zip`);
  await page.click("#show-command");
  const script = await downloaded(page, "#command-download");
  await page.click("#command-close");
  const folder = mkdtempSync(join(tmpdir(), "playground-"));
  try {
    const path = dirname(process.env.OPENAPI_CRATE) + delimiter + process.env.PATH;
    execFileSync("sh", [script.path], { cwd: folder, env: { ...process.env, PATH: path }, stdio: ["ignore", "pipe", "pipe"] });
    const expected = readFolder(join(folder, folderName));
    const found = Object.entries(unzipSync(readFileSync(zip.path))).map(([path, bytes]) => [path.replace(`${crate}/`, ""), Buffer.from(bytes)]);
    assert.ok(found.length > 20);
    assert.deepEqual(found.map(([path]) => path).toSorted(), Object.keys(expected).toSorted());
    for (const [path, bytes] of found) assert.ok(bytes.equals(expected[path]), `${path} differs`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("the zip file has what the command writes, byte for byte", async () => {
  const { page, finish } = await open(browser);
  await page.fill("#option-version", "1.2.3");
  await page.fill("#option-only", "GET /pets*, tag:none, id:get_owner");
  await settled(page);
  await page.fill("#option-only", "GET /pets*, id:get_owner");
  await settled(page);
  await compareWithCommand(page, "pet-shop");
  await finish();
});

test("so it does with an overlay, a configuration and letters of all kinds", async () => {
  const { page, finish } = await open(browser);
  await chooseExample(page, "box");
  await compareWithCommand(page, "box-upload-sessions", "crate");
  await enter(page, "document", "openapi: 3.0.3\ninfo: {title: \"It's — 日本語 🐇 $HOME `x`\", version: '1'}\npaths: {}\nEOF: \\n\n");
  await enter(page, "overlay", "");
  await enter(page, "config", "name: letters\n");
  await page.fill("#option-name", "");
  await settled(page);
  await page.click("#show-command");
  assert.match(await page.locator("#command-text").textContent(), /^openapi-crate openapi\.yaml --config crate\.yaml --out crate$/);
  await page.click("#command-close");
  await finish();
});

test("a shared address opens as it was", async () => {
  const { page, finish } = await open(browser);
  await chooseExample(page, "changes");
  await page.fill("#option-version", "2.0.0");
  await page.fill("#option-exclude", "DELETE");
  await settled(page);
  await page.click("#share");
  await page.locator("#toast", { hasText: "Address copied" }).waitFor();
  const address = await page.evaluate(() => navigator.clipboard.readText());
  const status = (await page.locator("#status").textContent()).replace(/ in .*/, "");
  const other = await open(browser, { fragment: new URL(address).hash });
  assert.equal((await other.page.locator("#status").textContent()).replace(/ in .*/, ""), status);
  assert.equal(await other.page.inputValue("#option-exclude"), "DELETE");
  assert.match(await other.page.locator("#verdict").textContent(), /2\.0\.0 → 3\.0\.0/);
  await other.finish();
  await finish();
});

test("what is typed stays in the address, and a damaged address is no error", async () => {
  const { page, finish } = await open(browser);
  assert.equal(await page.evaluate(() => location.hash), "");
  await page.fill("#option-name", "kept");
  await page.waitForFunction(() => location.hash.length > 100);
  await page.reload();
  await settled(page);
  await page.waitForFunction(() => document.querySelector("#option-name").value === "kept");
  await finish();
  const damaged = await open(browser, { fragment: "#1.%%%" });
  assert.match(await damaged.page.locator("#banner").textContent(), /address is damaged/);
  await damaged.finish();
});

test("a file is copied as it is shown", async () => {
  const { page, finish } = await open(browser);
  await page.getByRole("tab", { name: "Cargo.toml" }).click();
  await page.locator("#file", { hasText: "[package]" }).waitFor();
  await page.click("#copy");
  await page.locator("#toast", { hasText: "File copied" }).waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^# Generated by openapi-crate.*name = "pet-shop"/s);
  await finish();
});
