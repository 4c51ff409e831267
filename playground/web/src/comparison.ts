import { find, make, prose, roveFocus } from "./dom";
import type { Change, ChangePlace, GenerateResponse } from "./protocol";

/** How many changes are listed. */
const MOST = 500;

/** What has changed since the earlier version of the document. */
export class ComparisonList {
  private readonly verdict = find("verdict");
  private readonly list = find("change-list");

  constructor(
    private readonly jump: (place: ChangePlace, isEarlier: boolean) => void,
    private readonly explain: (rule: string) => string,
  ) {
    roveFocus(this.list, "button", { next: "ArrowDown", previous: "ArrowUp" });
  }

  show(comparison: GenerateResponse["comparison"], version: string): void {
    if (!comparison) {
      this.verdict.replaceChildren(
        "Put an earlier version of the document into the tab “Earlier version” at the left, and what has changed since is listed here.",
      );
      this.list.replaceChildren();
      return;
    }
    if ("findings" in comparison) {
      const [first] = comparison.findings;
      const about = first ? `The earlier version cannot be read: ${first.message}.` : "There is nothing to compare until the document can be read.";
      this.verdict.replaceChildren(...prose(about));
      this.list.replaceChildren();
      return;
    }
    const { changes, next_version: next } = comparison;
    const versions = next && next !== version ? ` ${version} → ${next}` : "";
    this.verdict.replaceChildren(
      make("span", `verdict-part ${comparison.crate}`, "crate: ", make("strong", "", comparison.crate), versions),
      make("span", `verdict-part ${comparison.wire.replace(" ", "-")}`, "wire: ", make("strong", "", comparison.wire)),
      make("span", "verdict-count", changes.length === 1 ? "1 change" : `${changes.length || "no"} changes`),
    );
    const rows = changes.slice(0, MOST).map((change, index) => this.row(change, index));
    if (changes.length > MOST) rows.push(make("li", "more", `and ${changes.length - MOST} more`));
    this.list.replaceChildren(...rows);
  }

  private row(change: Change, index: number): HTMLElement {
    const isGone = change.rule.endsWith("-removed");
    const place = isGone ? change.old : change.new;
    const button = make(
      "button",
      "change",
      make("span", `badge ${change.crate}`, change.crate),
      make("span", "change-message", ...prose(change.message)),
      make("span", "change-more", `${change.rule} · wire ${change.wire}${change.silent ? " · silent" : ""} · ${isGone ? "earlier version, " : ""}line ${place.line}`),
    );
    button.type = "button";
    button.tabIndex = index === 0 ? 0 : -1;
    button.title = this.explain(change.rule);
    button.addEventListener("click", () => this.jump(place, isGone));
    return make("li", "", button);
  }
}
