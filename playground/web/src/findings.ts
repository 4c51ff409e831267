import { find, make, prose, roveFocus } from "./dom";
import type { Finding } from "./protocol";

/** How many are listed; the editor underlines all of them. */
const MOST = 500;

/** The list of findings below the document. */
export class FindingList {
  private readonly list = find<HTMLUListElement>("finding-list");
  private readonly title = find("finding-title");
  private shown = "";

  constructor(private readonly jump: (finding: Finding) => void) {
    roveFocus(this.list, "button", { next: "ArrowDown", previous: "ArrowUp" });
  }

  /** Shows the findings; `line` says where one of them stands. */
  show(findings: Finding[], line: (finding: Finding) => string): void {
    const count = (severity: string) => findings.filter((finding) => finding.severity === severity).length;
    const counts = ["error", "warning", "note"].map((severity) => [count(severity), severity] as const);
    const told = counts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}${number > 1 ? "s" : ""}`);
    this.title.textContent = told.length > 0 ? told.join(", ") : "No findings";
    const order = ["error", "warning", "note"];
    const sorted = findings.toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
    const rows = sorted.slice(0, MOST).map((finding) => ({ finding, line: line(finding) }));
    const shown = JSON.stringify(rows.map(({ finding: { place, ...rest }, line }) => [rest, line]));
    // The buttons stay the same where the findings do, but for where they lead.
    if (shown === this.shown) {
      rows.forEach(({ finding }, index) => this.lead(this.list.children[index]?.firstElementChild, finding));
      return;
    }
    this.shown = shown;
    const buttons = rows.map(({ finding, line }, index) => {
      const button = make(
        "button",
        "finding",
        make("span", `severity ${finding.severity}`, finding.severity),
        make("span", "finding-line", line),
        make("span", "finding-message", ...prose(finding.message), make("span", "finding-code", finding.code)),
      );
      button.type = "button";
      button.tabIndex = index === 0 ? 0 : -1;
      this.lead(button, finding);
      return make("li", "", button);
    });
    if (sorted.length > MOST) buttons.push(make("li", "more", `and ${sorted.length - MOST} more`));
    this.list.replaceChildren(...buttons);
  }

  private lead(button: Element | null | undefined, finding: Finding): void {
    if (button instanceof HTMLButtonElement) button.onclick = () => this.jump(finding);
  }
}
