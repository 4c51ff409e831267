// Typing, findings, the outline, and jumps between document and crate.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { chooseExample, enter, launch, open, reachedLines, settled } from "./browser.js";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** A text without its line breaks and backquotes. */
function words(text) {
  return text.replaceAll("`", "").trim().split(/\s+/).join(" ");
}

/** What the command says about a kind of finding. */
function explain(code) {
  const text = execFileSync(process.env.OPENAPI_CRATE, ["--explain", code], { encoding: "utf8" });
  return words(text.replace(/^.*\n/, ""));
}

const PETS = `openapi: 3.0.3
info: {title: Pets, version: '1'}
paths:
  /pets:
    get:
      operationId: list_pets
      responses:
        '200':
          description: "Häschen 🐇"
          content: {application/json: {schema: {$ref: '#/components/schemas/Pte'}}}
components:
  schemas:
    Pet: {type: object, properties: {name: {type: string}}}
`;

test("a finding is underlined where it is, and explained", async () => {
  const { page, finish } = await open(browser);
  await enter(page, "document", PETS);
  const marked = page.locator("#editor-document .cm-lintRange-warning");
  assert.equal(await marked.textContent(), "'#/components/schemas/Pte'");
  assert.match(await page.locator(".finding").textContent(), /^warning10.*unresolved-reference$/);
  await marked.hover();
  const shown = page.locator(".cm-tooltip .explanation");
  assert.match(await shown.locator(".explanation-head").textContent(), /^warning\[unresolved-reference\]$/);
  assert.equal(words(await shown.locator(".explanation-text").textContent()), explain("unresolved-reference"));
  await page.locator(".finding").click();
  assert.match((await page.locator("#editor-document .cm-reached").textContent()), /schemas\/Pte/);
  await finish();
});

test("the crate follows what is typed", async () => {
  const { page, finish } = await open(browser);
  await enter(page, "document", PETS);
  await page.locator(".finding").click();
  await page.keyboard.press("End");
  for (let steps = 0; steps < 4; steps++) await page.keyboard.press("ArrowLeft");
  for (let steps = 0; steps < 2; steps++) await page.keyboard.press("Backspace");
  await page.keyboard.type("et");
  await settled(page);
  assert.equal(await page.locator("#finding-title").textContent(), "No findings");
  assert.equal(await page.locator(".cm-lintRange").count(), 0);
  assert.match(await page.locator("#file").textContent(), /types::Pet/);
  await finish();
});

test("an error leaves the crate that there was, and says so", async () => {
  const { page, finish } = await open(browser);
  await enter(page, "document", "openapi: 3.0.3\ninfo: [\n");
  assert.match(await page.locator("#status").textContent(), /no crate/);
  assert.match(await page.locator(".finding").textContent(), /^error.*syntax$/);
  assert.ok(await page.locator("#download").isDisabled());
  await enter(page, "document", PETS);
  assert.ok(await page.locator("#download").isEnabled());
  await finish();
});

test("a click on an operation or a type leads to both sides", async () => {
  const { page, finish } = await open(browser);
  await page.getByRole("button", { name: "get_owner" }).click();
  await page.locator("#file .cm-reached").waitFor();
  assert.deepEqual(await reachedLines(page), { document: "get:", crate: "pub fn get_owner(&self, name: &str) -> GetOwner {" });
  await page.getByRole("button", { name: "Shelter" }).click();
  await page.locator("#file .cm-reached", { hasText: "struct Shelter" }).waitFor();
  assert.deepEqual(await reachedLines(page), { document: "Shelter:", crate: "pub struct Shelter {" });
  await finish();
});

test("a click into one side leads to the other", async () => {
  const { page, finish } = await open(browser);
  await page.locator("#editor-document .cm-line", { hasText: "The pets that are for sale" }).click();
  await page.locator("#file .cm-reached", { hasText: "pub fn list_pets(&self)" }).waitFor();
  assert.match(await page.locator("[aria-current=true]").textContent(), /list_pets/);
  await page.locator("#file .cm-line", { hasText: "pub fn add_pet(&self" }).click();
  await page.locator("[aria-current=true]", { hasText: "add_pet" }).waitFor();
  assert.equal(await page.locator("#editor-document .cm-reached").textContent(), "    post:");
  await finish();
});

test("overlay, configuration and options count, and their mistakes are found", async () => {
  const { page, finish } = await open(browser);
  await enter(page, "document", PETS);
  await enter(page, "overlay", "overlay: 1.0.0\ninfo: {title: o, version: '1'}\nactions:\n- target: $.paths['/pets'].get.responses['200']\n  remove: true\n- target: $.nothing\n  remove: true\n");
  assert.equal(await page.locator("#editor-overlay .cm-lintRange-error").textContent(), "$.nothing");
  await enter(page, "overlay", "");
  await enter(page, "config", "names: {schemas: {Pet: Animal}}\n");
  assert.equal(await page.getByRole("button", { name: "Animal" }).count(), 1);
  await page.fill("#option-name", "1st");
  await settled(page);
  assert.match(await page.locator("#option-mistake").textContent(), /`1st`/);
  assert.equal(await page.getAttribute("#option-name", "aria-invalid"), "true");
  await page.fill("#option-name", "first");
  await page.fill("#option-only", "POST");
  await settled(page);
  assert.match(await page.locator(".finding").textContent(), /nothing-selected/);
  await finish();
});

test("an earlier version makes a comparison with a verdict", async () => {
  const { page, finish } = await open(browser);
  await chooseExample(page, "changes");
  assert.match(await page.locator("#verdict").textContent(), /crate: major 0\.1\.0 → 0\.2\.0wire: breaks\d+ changes/);
  await page.locator(".change", { hasText: "field-removed" }).click();
  assert.match(await page.locator("#editor-earlier .cm-reached").textContent(), /age: \{type: integer\}/);
  await page.locator(".change", { hasText: "field-added" }).click();
  assert.match(await page.locator("#editor-document .cm-reached").textContent(), /born:/);
  await finish();
});

test("the keyboard reaches everything", async () => {
  const { page, finish } = await open(browser);
  await page.focus("#tab-document");
  await page.keyboard.press("ArrowRight");
  assert.ok(await page.locator("#editor-overlay").isVisible());
  // Tab leaves an editor.
  await page.focus("#editor-overlay .cm-content");
  await page.keyboard.press("Tab");
  assert.equal(await page.locator("#editor-overlay .cm-content:focus").count(), 0);
  await page.focus(".item");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator("#file .cm-reached", { hasText: "fn add_pet" }).waitFor();
  await finish();
});
