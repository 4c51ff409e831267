import { find } from "./dom";
import { TextEditor } from "./editors";
import type { Finding } from "./protocol";
import { type Part, type State, fileName } from "./state";
import { Tabs } from "./tabs";

const PARTS: readonly Part[] = ["document", "overlay", "config", "earlier"];

const LABELS: Record<Part, string> = {
  document: "OpenAPI document",
  overlay: "Overlay",
  config: "Configuration file",
  earlier: "Earlier version of the document",
};

/** What an empty editor says, and what its button puts into it. */
const HINTS: Record<Part, { text: string; action?: string; content?: string }> = {
  document: { text: "Paste an OpenAPI document here, 3.0, 3.1 or 3.2, YAML or JSON; or drop a file." },
  overlay: {
    text: "An OpenAPI overlay: corrections that are applied to the document before anything else.",
    action: "Begin one",
    content: `overlay: 1.0.0
info: {title: Corrections, version: '1'}
actions:
- target: $.info
  update: {title: A better title}
`,
  },
  config: {
    text: "The crate's configuration: what its Cargo.toml says, and names that are better than the document's.",
    action: "Begin one",
    content: `package:
  license: MIT OR Apache-2.0
names:
  schemas: {}
  operations: {}
`,
  },
  earlier: {
    text: "An earlier version of the document. What has changed since is listed, with the version that the crate is due.",
    action: "Take the document as it is now",
  },
};

/** The editors at the left: the document, and what goes with it. */
export class Parts {
  private readonly editors: Record<Part, TextEditor>;
  private readonly tabs: Tabs;

  constructor(on: { change(part: Part): void; move(part: Part, offset: number): void }) {
    const editor = (part: Part) => {
      return new TextEditor(find(`editor-${part}`), LABELS[part], {
        change: () => {
          this.showHint();
          on.change(part);
        },
        move: (offset) => on.move(part, offset),
      });
    };
    this.tabs = new Tabs(find("part-tabs"), (name) => this.showPart(name as Part));
    this.editors = {
      document: editor("document"),
      overlay: editor("overlay"),
      config: editor("config"),
      earlier: editor("earlier"),
    };
    find("hint-action").addEventListener("click", () => this.begin());
    this.tabs.choose("document");
  }

  private get current(): Part {
    return this.tabs.current as Part;
  }

  text(part: Part): string {
    return this.editors[part].text;
  }

  load(state: State): void {
    for (const part of PARTS) this.editors[part].text = state[part];
    this.tabs.choose("document");
  }

  /** Replaces the text that is shown. */
  replace(text: string): void {
    this.editors[this.current].text = text;
  }

  private showPart(shown: Part): void {
    for (const part of PARTS) find(`editor-${part}`).hidden = part !== shown;
    find("editors").setAttribute("aria-labelledby", `tab-${shown}`);
    if (this.editors) this.showHint();
  }

  private showHint(): void {
    const hint = HINTS[this.current];
    find("hint").hidden = this.editors[this.current].view.state.doc.length > 0;
    find("hint-text").textContent = hint.text;
    find("hint-action").textContent = hint.action ?? "";
  }

  private begin(): void {
    const editor = this.editors[this.current];
    editor.text = this.current === "earlier" ? this.editors.document.text : (HINTS[this.current].content ?? "");
    editor.view.focus();
  }

  /** The part whose text the command calls so. */
  private partOf(source: string): Part | undefined {
    return PARTS.find((part) => fileName(part, this.editors[part].text) === source);
  }

  /** Underlines what was found in the texts, and counts it in the tabs. */
  underline(findings: Finding[], explain: (code: string) => string): void {
    for (const part of PARTS) {
      const own = findings.filter(({ place }) => place && this.partOf(place.source) === part);
      this.editors[part].underline(own, explain);
      const count = find(`tab-${part}`).querySelector(".tab-count");
      if (count) count.textContent = own.length > 0 ? String(own.length) : "";
    }
  }

  /** Where a finding stands, as it is listed. */
  describe({ place }: Finding): string {
    const part = place && this.partOf(place.source);
    if (!part) return "";
    const line = this.editors[part].line(place.mark[0]);
    return part === "document" ? `${line}` : `${part} ${line}`;
  }

  /** Shows an offset of a text. */
  jump(source: string, offset: number, focus = false): void {
    const part = this.partOf(source);
    if (!part) return;
    if (part !== this.current) this.tabs.choose(part);
    this.editors[part].jump(offset);
    if (focus) this.editors[part].view.focus();
  }

  /** Shows a line of the document, or of its earlier version. */
  jumpToLine(part: Part, line: number, column: number): void {
    if (part !== this.current) this.tabs.choose(part);
    this.editors[part].jump(this.editors[part].offset(line, column));
  }
}
