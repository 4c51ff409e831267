// What the tests share: an emulator, a browser, and the emulator's page in it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

/** How long the page may take, on a busy machine, too. */
const PATIENCE = 60_000;

export const PART = 100_000;

export function launch() {
  const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args });
}

/** Starts the command on a free port. */
export async function start() {
  const options = ["--port", "0", "--smallest-file", "0", "--part-size", String(PART)];
  const child = spawn(process.env.BOX_EMULATOR, options, { stdio: ["ignore", "pipe", "ignore"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = line.match(/http:\S+/)[0];
    return { url, stop: () => child.kill() };
  }
  throw new Error("the emulator did not start");
}

/** Opens the page. What it complains about fails the test, by `finish`. */
export async function open(browser, url, { width = 1280, height = 900, scheme = "light" } = {}) {
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
    if (new URL(request.url()).origin !== url) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(`${url}/__emulator/`);
  await page.locator("#live.on").waitFor();
  await page.locator("main:not([inert])").waitFor();
  const finish = async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  };
  return { page, finish };
}

/** A client of Box, over plain HTTP. */
export class Client {
  constructor(url) {
    this.url = url;
  }

  async send(method, path, { headers = {}, body } = {}) {
    const all = { authorization: "Bearer any", ...headers };
    const response = await fetch(this.url + path, { method, headers: all, body });
    return { status: response.status, body: await response.text() };
  }

  async createSession(name, size) {
    const body = JSON.stringify({ folder_id: "0", file_name: name, file_size: size });
    const created = await this.send("POST", "/api/2.0/files/upload_sessions", { headers: { "content-type": "application/json" }, body });
    assert.equal(created.status, 201, created.body);
    return JSON.parse(created.body).id;
  }

  async sendPart(session, content, index) {
    const part = content.subarray(index * PART, (index + 1) * PART);
    const digest = createHash("sha1").update(part).digest("base64");
    const first = index * PART;
    return this.send("PUT", `/api/2.0/files/upload_sessions/${session}`, {
      headers: {
        "content-type": "application/octet-stream",
        "content-range": `bytes ${first}-${first + part.length - 1}/${content.length}`,
        digest: `sha=${digest}`,
      },
      body: part,
    });
  }
}
