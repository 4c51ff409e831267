// Contrast and other rules of accessibility, on wide and narrow screens, in light and dark; and pictures of all that.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chooseExample, launch, open } from "./browser.js";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const axe = createRequire(import.meta.url).resolve("axe-core");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

async function check(page, where) {
  // The page's own policy lets no script in by an element.
  if (!(await page.evaluate(() => "axe" in window))) {
    const { readFileSync } = await import("node:fs");
    await page.evaluate(readFileSync(axe, "utf8"));
  }
  const { violations } = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules }), RULES);
  const told = violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${where}: ${id} at ${target}: ${failureSummary}`));
  assert.deepEqual(told, []);
}

async function picture(page, name) {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`) });
}

for (const scheme of ["light", "dark"]) {
  for (const [width, name] of [[1440, "wide"], [390, "narrow"]]) {
    test(`${scheme} and ${name}`, async () => {
      const { page, finish } = await open(browser, { width, height: width > 1000 ? 900 : 800, scheme });
      await check(page, "document");
      await picture(page, `${name}-document-${scheme}`);
      if (name === "narrow") await page.click("[data-pane=outline-pane]");
      await page.getByRole("button", { name: "get_owner" }).click();
      await page.locator("#file .cm-reached").waitFor();
      await check(page, "crate");
      await picture(page, `${name}-${scheme}`);
      if (name === "narrow") await page.click("[data-pane=document-pane]");
      await page.locator(".cm-lintRange-warning").hover();
      await page.locator(".cm-tooltip .explanation").waitFor();
      await check(page, "explanation");
      await picture(page, `${name}-explanation-${scheme}`);
      await page.mouse.move(0, 0);
      await chooseExample(page, "changes");
      if (name === "narrow") await page.click("[data-pane=outline-pane]");
      await check(page, "changes");
      await picture(page, `${name}-changes-${scheme}`);
      await page.click("#show-command");
      await check(page, "command");
      await picture(page, `${name}-command-${scheme}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(overflow <= 0, `${overflow} pixels too wide`);
      await finish();
    });
  }
}
