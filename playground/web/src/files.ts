import { strToU8, zipSync } from "fflate";
import { download, find, make } from "./dom";
import { Viewer } from "./editors";
import { Tabs } from "./tabs";

/** Zip files know no time before this; the time of each file is the same, so that the same crate is the same file. */
const TIME = "1980-01-01T00:00:00";

/** Puts first what one reads first. */
function rank(path: string): number {
  const order = ["src/lib.rs", "src/client.rs", "src/operations", "src/types", "src/webhooks.rs", "README.md", "Cargo.toml", ""];
  return order.findIndex((start) => path.startsWith(start));
}

/** The files of the crate, a tab each. */
export class Files {
  private readonly strip = find("file-tabs");
  private readonly menu = find<HTMLSelectElement>("file-menu");
  private readonly viewer: Viewer;
  private readonly tabs: Tabs;
  private paths: string[] = [];
  private shown = 0;

  constructor(
    private readonly read: (path: string) => Promise<string | null>,
    move: (path: string, line: number) => void,
  ) {
    this.viewer = new Viewer(find("file"), move);
    this.tabs = new Tabs(this.strip, () => void this.load());
    this.menu.addEventListener("change", () => this.tabs.choose(this.menu.value, true));
  }

  get count(): number {
    return this.paths.length;
  }

  /** The crate has been made anew: it has these files now. */
  async update(paths: string[]): Promise<void> {
    const sorted = paths.toSorted((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
    if (sorted.join("\n") !== this.paths.join("\n")) {
      this.paths = sorted;
      this.strip.replaceChildren(...sorted.map((path) => this.tab(path)));
      this.menu.replaceChildren(...sorted.map((path) => make("option", "", path)));
    }
    const current = sorted.includes(this.tabs.current) ? this.tabs.current : firstShown(sorted);
    if (current !== undefined && (current !== this.tabs.current || !this.strip.querySelector("[aria-selected=true]"))) {
      this.tabs.choose(current);
    } else {
      await this.load();
    }
  }

  private tab(path: string): HTMLElement {
    const tab = make("button", "tab", path.replace(/^src\//, ""));
    tab.type = "button";
    tab.role = "tab";
    tab.tabIndex = -1;
    tab.dataset.name = path;
    tab.title = path;
    tab.setAttribute("aria-controls", "file");
    tab.setAttribute("aria-selected", "false");
    return tab;
  }

  private async load(): Promise<void> {
    const path = this.tabs.current;
    const turn = ++this.shown;
    this.menu.value = path;
    const text = await this.read(path);
    // Something else may have been asked for meanwhile.
    if (text !== null && turn === this.shown) this.viewer.show(path, text);
  }

  async jump(path: string, line: number): Promise<void> {
    if (path !== this.tabs.current) {
      this.tabs.choose(path);
    }
    await this.load();
    if (path === this.tabs.current) this.viewer.jump(line);
  }

  /** The text of the file that is shown. */
  get text(): string {
    return this.viewer.text;
  }
}

/** The file to begin with: the operations, if there are any. */
function firstShown(paths: string[]): string | undefined {
  return paths.find((path) => path.startsWith("src/operations/")) ?? paths.find((path) => path === "src/operations.rs") ?? paths[0];
}

/** Gives the whole crate to the user, in a folder of its name. */
export function downloadZip(name: string, files: Record<string, string>): void {
  const entries = Object.entries(files).map(([path, text]) => [`${name}/${path}`, strToU8(text)]);
  const zip = zipSync(Object.fromEntries(entries), { mtime: TIME, level: 6 });
  download(`${name}.zip`, zip as Uint8Array<ArrayBuffer>, "application/zip");
}
