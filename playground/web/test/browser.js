// What the tests share: a browser, a page in it, and what the page shows.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Where the page is served. */
export const url = process.env.PLAYGROUND ?? "http://127.0.0.1:8080/";

/** How long the page may take, on a busy machine, too. */
const PATIENCE = 60_000;

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/** Opens the page, and waits for its first crate. What it complains about fails the test, by `finish`. */
export async function open(browser, { fragment = "", width = 1440, height = 900, scheme = "light" } = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    acceptDownloads: true,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const target = new URL(request.url());
    if (target.protocol.startsWith("http") && target.origin !== new URL(url).origin) complaints.push(`asked ${target}`);
  });
  await page.goto(url + fragment);
  await settled(page);
  const finish = async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  };
  return { page, finish };
}

/** Waits until the page shows the crate of what is entered now. */
export async function settled(page) {
  await page.locator("body[data-state=idle]").waitFor();
}

/** Replaces the text of an editor, as a user would. */
export async function enter(page, part, text) {
  await page.click(`#tab-${part}`);
  await page.locator(`#editor-${part} .cm-content`).fill(text);
  await settled(page);
}

export async function chooseExample(page, name) {
  await page.selectOption("#example", name);
  await page.waitForFunction(() => document.querySelector("#example").value === "");
  await settled(page);
}

/** Chooses a document by the dialog for files: for texts that are too long to type. */
export async function openFile(page, text) {
  await page.setInputFiles("#file-input", { name: "openapi.yaml", mimeType: "text/yaml", buffer: Buffer.from(text) });
}

/** The texts of the lines that jumps have led to, in the document and in the crate. */
export async function reachedLines(page) {
  const line = async (editor) => (await page.locator(`${editor} .cm-reached`).textContent()).trim();
  return { document: await line("#editor-document"), crate: await line("#file") };
}

/** What a click on a button downloads. */
export async function downloaded(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
  return { name: download.suggestedFilename(), path: await download.path() };
}
