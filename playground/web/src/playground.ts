// What happens between the panes: a text changes, the crate is made anew, and all of them show it.

import { ComparisonList } from "./comparison";
import { debounce, find } from "./dom";
import { Engine, Stopped } from "./engine";
import { Files } from "./files";
import { FindingList } from "./findings";
import { Options } from "./options";
import { Outline } from "./outline";
import { type PaneName, showPane } from "./panes";
import { Parts } from "./parts";
import type { Explanations, Finding, GenerateResponse, Item } from "./protocol";
import { type State, fileName, makeRequest, writeFragment } from "./state";
import { Tabs } from "./tabs";

/** A longer address is not kept while somebody types; sharing allows more. */
const LONGEST_KEPT = 40_000;

export class Playground {
  private readonly engine = new Engine("generator.wasm");
  private readonly parts: Parts;
  private readonly options: Options;
  private readonly outline: Outline;
  private readonly files: Files;
  private readonly findings: FindingList;
  private readonly comparison: ComparisonList;
  private readonly middle: Tabs;
  private explanations: Explanations = { codes: {}, rules: {} };
  private isRunning = false;
  private isStale = false;
  private isLoading = false;
  private changes = 0;
  private readonly keep = debounce(() => void this.keepState(), 600);

  constructor() {
    this.parts = new Parts({
      change: () => this.changed(),
      move: (part, offset) => this.follow(fileName(part, this.parts.text(part)), offset),
    });
    this.options = new Options(() => this.changed());
    this.outline = new Outline((item) => this.show(item, "outline-pane"));
    this.files = new Files((path) => this.read(path), (path, line) => this.followCode(path, line));
    this.findings = new FindingList((finding) => this.showFinding(finding));
    this.comparison = new ComparisonList(
      (place, isEarlier) => {
        showPane("document-pane");
        this.parts.jumpToLine(isEarlier ? "earlier" : "document", place.line, place.column);
      },
      (rule) => this.explanations.rules[rule] ?? "",
    );
    this.middle = new Tabs(find("outline-tabs"), (name) => {
      find("outline").hidden = name !== "outline";
      find("changes").hidden = name !== "changes";
    });
    this.middle.choose("outline");
    void this.learn();
  }

  /** What the user has entered. */
  get state(): State {
    const text = (part: "document" | "overlay" | "config" | "earlier") => this.parts.text(part);
    const texts = { document: text("document"), overlay: text("overlay"), config: text("config"), earlier: text("earlier") };
    return { ...texts, ...this.options.read() };
  }

  /** Shows something else. It is not kept in the address if it is what the page shows anyway. */
  load(state: State, isFirst = false): void {
    this.isLoading = isFirst;
    this.options.load(state);
    this.parts.load(state);
    this.middle.choose(state.earlier ? "changes" : "outline");
    this.changed();
    this.isLoading = false;
  }

  /** Puts a file into the editor that is shown. */
  openFile(text: string): void {
    this.parts.replace(text);
  }

  /** The package name of the crate. */
  async packageName(): Promise<string> {
    const manifest = (await this.read("Cargo.toml")) ?? "";
    return /^name = "([\w-]+)"/m.exec(manifest)?.[1] ?? "api";
  }

  async allFiles(): Promise<Record<string, string>> {
    const { value } = await this.engine.ask({ ask: "files" });
    return (value as { files: Record<string, string> | null }).files ?? {};
  }

  /** The text of the file that is shown. */
  get shownFile(): string {
    return this.files.text;
  }

  private async learn(): Promise<void> {
    try {
      this.explanations = (await this.engine.ask({ ask: "explanations" })).value as Explanations;
    } catch (error) {
      this.fail(error);
    }
  }

  private async read(path: string): Promise<string | null> {
    try {
      const { value } = await this.engine.ask({ ask: "file", path });
      return (value as { text: string | null }).text;
    } catch (error) {
      this.fail(error);
      return null;
    }
  }

  private changed(): void {
    this.changes++;
    if (!this.isLoading) this.keep();
    if (this.isRunning) this.isStale = true;
    else void this.run();
  }

  /** Makes the crate, and again if something has changed meanwhile. */
  private async run(): Promise<void> {
    this.isRunning = true;
    document.body.dataset.state = "running";
    do {
      this.isStale = false;
      await this.generate();
    } while (this.isStale);
    this.isRunning = false;
    document.body.dataset.state = "idle";
  }

  private async generate(): Promise<void> {
    const { state, changes } = this;
    const started = performance.now();
    try {
      const { value, milliseconds } = await this.engine.ask(makeRequest(state));
      // Offsets of an older text would lead astray; the next run is about to begin.
      if (changes !== this.changes) return;
      await this.present(value as GenerateResponse, state, milliseconds);
      find("banner").hidden = true;
      performance.measure("generate", { start: started });
    } catch (error) {
      this.fail(error);
    }
  }

  private async present(response: GenerateResponse, state: State, milliseconds: number): Promise<void> {
    const { findings, mistakes, items, files, summary, comparison } = response;
    this.options.showMistakes(mistakes);
    this.parts.underline(findings, (code) => this.explanations.codes[code] ?? "");
    this.findings.show(findings, (finding) => this.parts.describe(finding));
    this.comparison.show(comparison, state.version.trim() || "0.1.0");
    const changes = comparison && "changes" in comparison ? comparison.changes.length : 0;
    const count = find("tab-changes").querySelector(".tab-count");
    if (count) count.textContent = changes > 0 ? String(changes) : "";
    // What cannot be made leaves what there was, so that half a word does not empty the page.
    find("file").classList.toggle("stale", !files);
    find<HTMLButtonElement>("download").disabled = !files;
    if (items) this.outline.show(items);
    if (files) await this.files.update(files.map(([path]) => path));
    const time = `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
    const counted = summary ? `${countOf(summary.operations, "operation")}, ${countOf(summary.types, "type")}, ` : "";
    const made = files ? `${countOf(files.length, "file")} in ${time}` : "no crate: the errors come first";
    find("status").textContent = mistakes.length > 0 ? "no crate" : counted + made;
  }

  /** The generator has stopped: says so, and keeps what is shown. */
  private fail(error: unknown): void {
    const message = error instanceof Stopped ? error.message : String(error);
    const banner = find("banner");
    banner.textContent = `No crate is made of this document here. ${message} The generator has been started again; the command has no limit of time, and more stack and memory.`;
    banner.hidden = false;
    find("status").textContent = "stopped";
    find("file").classList.add("stale");
    find<HTMLButtonElement>("download").disabled = true;
  }

  /** Document and crate show an item. */
  private show(item: Item, from: PaneName): void {
    if (item.place) this.parts.jump(item.place.source, item.place.mark[0]);
    void this.files.jump(item.file, item.line);
    if (from === "outline-pane") showPane("crate-pane");
  }

  private showFinding(finding: Finding): void {
    if (finding.place) this.parts.jump(finding.place.source, finding.place.mark[0], true);
  }

  /** The cursor is somewhere in a text: outline and crate go there, too. */
  private follow(source: string, offset: number): void {
    const item = this.outline.atOffset(source, offset);
    if (!item) return;
    this.outline.choose(item);
    void this.files.jump(item.file, item.line);
  }

  /** The cursor is somewhere in a file of the crate: outline and document go there, too. */
  private followCode(path: string, line: number): void {
    const item = this.outline.atLine(path, line);
    if (!item) return;
    this.outline.choose(item);
    if (item.place) this.parts.jump(item.place.source, item.place.mark[0]);
  }

  /** Keeps the state in the address, where it is short. */
  private async keepState(): Promise<void> {
    const fragment = await writeFragment(this.state);
    const address = fragment.length <= LONGEST_KEPT ? fragment : location.pathname + location.search;
    history.replaceState(null, "", address);
  }
}

function countOf(number: number, what: string): string {
  return number === 1 ? `1 ${what}` : `${number.toLocaleString("en")} ${what}s`;
}
