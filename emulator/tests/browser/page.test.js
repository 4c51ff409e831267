// The emulator's page in a browser: what it shows and what it changes.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, beforeEach, afterEach, test } from "node:test";
import { Client, PART, launch, open, start } from "./emulator.js";

let browser;
let emulator;
let client;
before(async () => { browser = await launch(); });
after(() => browser.close());
beforeEach(async () => {
  emulator = await start();
  client = new Client(emulator.url);
});
afterEach(() => emulator.stop());

const content = Buffer.alloc(4 * PART, "x");

/** A session with a part that was received, one that was sent twice, and missing ones. */
async function begin(name = "report.pdf") {
  const session = await client.createSession(name, content.length);
  await client.sendPart(session, content, 0);
  await client.sendPart(session, content, 1);
  await client.sendPart(session, content, 1);
  return session;
}

test("parts, requests and faults appear as they happen", async () => {
  const { page, finish } = await open(browser, emulator.url);
  await page.getByText("No open session.").waitFor();
  const session = await begin();
  await page.locator(".parts i.duplicate").waitFor();
  const states = await page.locator(".parts i").evaluateAll((parts) => parts.map((part) => part.className));
  assert.deepEqual(states, ["received", "duplicate", "missing", "missing"]);

  await page.selectOption("#preset", { label: "Lose the next part's response" });
  await page.locator("#add button").click();
  await page.getByText("fired 0 ×").waitFor();
  await assert.rejects(client.sendPart(session, content, 2));
  await page.getByText("fired 1 ×").waitFor();
  await page.locator("#log td.failed", { hasText: "lose response" }).waitFor();
  await page.locator(".parts i.received").nth(1).waitFor();

  // The command that the page offers repeats the request.
  await page.fill("#filter", "create_upload_session");
  assert.equal(await page.locator("#log tr").count(), 1);
  await page.getByRole("button", { name: "as a curl command" }).click();
  await page.locator("#told", { hasText: "Copied the command" }).waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(command, /^curl .*upload_sessions/);
  assert.doesNotMatch(command, /Bearer any/);

  await page.getByRole("button", { name: "Abort the session of report.pdf" }).click();
  await page.getByText("No open session.").waitFor();
  await finish();
});

test("files are uploaded, downloaded and deleted; folders created", async () => {
  const { page, finish } = await open(browser, emulator.url);
  page.on("dialog", (dialog) => dialog.accept(dialog.type() === "prompt" ? "Plans <b>2026" : undefined));
  await page.click("#new-folder");
  // A name is text, never HTML.
  await page.locator("#tree .folder", { hasText: "Plans <b>2026/" }).waitFor();
  await page.selectOption("#upload-folder", { label: "Plans <b>2026" });
  await page.setInputFiles("#upload-files", { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("Hello") });
  await page.locator("#tree .name", { hasText: "a.txt" }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download a.txt" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "a.txt");
  assert.equal(readFileSync(await download.path(), "utf8"), "Hello");
  await page.getByRole("button", { name: "Delete file a.txt" }).or(page.getByRole("button", { name: "Delete a.txt" })).click();
  await page.locator("#tree .name", { hasText: "a.txt" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Delete folder Plans" }).click();
  await page.locator("#tree .folder", { hasText: "Plans" }).waitFor({ state: "detached" });
  await finish();
});

test("the clock and tokens", async () => {
  const { page, finish } = await open(browser, emulator.url);
  const session = await begin();
  await page.click("#issue");
  await page.locator("#tokens li").waitFor();
  // The list may be ahead of the response that carries the token itself.
  const issued = page.locator("#issued", { hasText: /./ });
  await issued.waitFor();
  const token = await issued.textContent();
  const headers = { authorization: `Bearer ${token}` };
  const path = `/api/2.0/files/upload_sessions/${session}`;
  assert.equal((await client.send("GET", path, { headers })).status, 200);
  await page.getByRole("button", { name: "+7 days" }).click();
  await page.locator("#ahead", { hasText: "7 d ahead" }).waitFor();
  assert.equal((await client.send("GET", path, { headers })).status, 401);
  await page.getByText("No open session.").waitFor();
  await finish();
});

test("a snapshot brings everything back after a reset", async () => {
  const { page, finish } = await open(browser, emulator.url);
  page.on("dialog", (dialog) => dialog.accept());
  await begin("kept.bin");
  await page.locator(".session").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByText("Save snapshot").click()]);
  const snapshot = readFileSync(await download.path());
  await page.click("#reset");
  await page.getByText("No open session.").waitFor();
  await page.setInputFiles("#restore", { name: "snapshot", mimeType: "application/octet-stream", buffer: snapshot });
  await page.locator(".session .name", { hasText: "kept.bin" }).waitFor();
  await page.setInputFiles("#restore", { name: "snapshot", mimeType: "application/octet-stream", buffer: Buffer.from("no snapshot") });
  await page.locator("#error:not([hidden])").waitFor();
  await page.locator(".session .name", { hasText: "kept.bin" }).waitFor();
  // The browser logs the refusal itself; nothing else may be logged.
  await finish().catch((error) => assert.deepEqual(error.actual.map((text) => /status of 4\d\d/.test(text)), [true]));
});

const axe = createRequire(import.meta.url).resolve("axe-core");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

for (const scheme of ["light", "dark"]) {
  for (const [width, name] of [[1280, "wide"], [390, "narrow"]]) {
    test(`${scheme} and ${name}`, async () => {
      const { page, finish } = await open(browser, emulator.url, { width, scheme });
      await client.send("POST", "/2.0/folders", { headers: { "content-type": "application/json" }, body: JSON.stringify({ name: "Backups", parent: { id: "0" } }) });
      await page.selectOption("#preset", { label: "Respond 503 to one part in five" });
      await page.locator("#add button").click();
      await page.getByText("fired 0 ×").waitFor();
      await begin();
      await page.setInputFiles("#upload-files", { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("Hello") });
      await page.locator("#tree .name", { hasText: "notes.txt" }).waitFor();
      await page.evaluate(readFileSync(axe, "utf8"));
      const { violations } = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules }), RULES);
      const told = violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`));
      assert.deepEqual(told, []);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(overflow <= 0, `${overflow} pixels too wide`);
      if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `emulator-${name}-${scheme}.png`) });
      await finish();
    });
  }
}
