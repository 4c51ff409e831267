import { enter, find, make, roveFocus } from "./dom";
import type { Item } from "./protocol";

/** The operations and types of the crate. */
export class Outline {
  private readonly list = find("outline-list");
  private readonly filter = find<HTMLInputElement>("outline-filter");
  private items: Item[] = [];
  private buttons: HTMLButtonElement[] = [];
  private shown = "";
  private chosen: HTMLButtonElement | undefined;

  constructor(private readonly jump: (item: Item) => void) {
    roveFocus(this.list, "button", { next: "ArrowDown", previous: "ArrowUp" });
    this.list.addEventListener("click", ({ target }) => {
      const button = (target as HTMLElement).closest("button");
      const item = button && this.items[Number(button.dataset.index)];
      if (!item) return;
      this.choose(item);
      this.jump(item);
    });
    this.filter.addEventListener("input", () => this.applyFilter());
  }

  show(items: Item[]): void {
    this.items = items;
    const shown = JSON.stringify(items.map(({ kind, name, group, title }) => [kind, name, group, title]));
    if (shown === this.shown) return;
    this.shown = shown;
    this.chosen = undefined;
    this.buttons = items.map((item, index) => this.button(item, index));
    const sections = new Map<string, HTMLButtonElement[]>();
    items.forEach((item, index) => {
      const section = sections.get(sectionOf(item)) ?? [];
      section.push(this.buttons[index] as HTMLButtonElement);
      sections.set(sectionOf(item), section);
    });
    const made = [...sections].map(([title, buttons]) => {
      const list = make("ul", "", ...buttons.map((button) => make("li", "", button)));
      return make("section", "outline-section", make("h3", "", title, make("span", "count", String(buttons.length))), list);
    });
    this.list.replaceChildren(...made);
    this.applyFilter();
  }

  private button(item: Item, index: number): HTMLButtonElement {
    const [method = "", path = ""] = item.kind === "operation" ? (item.title ?? "").split(/ (.*)/) : [];
    const badge = item.kind === "operation" ? make("span", `badge ${method.toLowerCase()}`, method) : make("span", `badge ${item.kind}`, item.kind);
    const button = make("button", "item", badge, make("span", "item-name", item.name));
    if (path || item.title) button.append(make("span", "item-title", path || (item.title ?? "")));
    button.type = "button";
    button.tabIndex = index === 0 ? 0 : -1;
    button.dataset.index = String(index);
    button.title = item.title ? `${item.title}: ${item.name}` : item.name;
    return button;
  }

  private applyFilter(): void {
    const wanted = this.filter.value.trim().toLowerCase();
    this.items.forEach((item, index) => {
      const text = `${item.name} ${item.title ?? ""} ${item.group ?? ""}`.toLowerCase();
      const row = this.buttons[index]?.parentElement;
      if (row) row.hidden = !text.includes(wanted);
    });
    for (const section of this.list.querySelectorAll<HTMLElement>(".outline-section")) {
      section.hidden = section.querySelector("li:not([hidden])") === null;
    }
    const first = this.buttons.find((button) => !button.parentElement?.hidden);
    if (first && (!this.chosen || this.chosen.parentElement?.hidden)) enter(this.buttons, first);
  }

  /** Marks an item as the one that document and crate show. */
  choose(item: Item): void {
    const button = this.buttons[this.items.indexOf(item)];
    if (!button || button === this.chosen) return;
    this.chosen?.removeAttribute("aria-current");
    this.chosen = button;
    button.setAttribute("aria-current", "true");
    enter(this.buttons, button);
    button.scrollIntoView({ block: "nearest" });
  }

  /** The smallest item around an offset of a text. */
  atOffset(source: string, offset: number): Item | undefined {
    const around = this.items.filter(({ place }) => {
      return place?.source === source && place.extent[0] <= offset && offset <= place.extent[1];
    });
    const size = ({ place }: Item) => (place ? place.extent[1] - place.extent[0] : Infinity);
    return around.toSorted((one, other) => size(one) - size(other))[0];
  }

  /** The last item that begins on a line of a file or before it. */
  atLine(file: string, line: number): Item | undefined {
    const before = this.items.filter((item) => item.file === file && item.line <= line);
    return before.toSorted((one, other) => other.line - one.line)[0];
  }

  find(name: string): Item | undefined {
    return this.items.find((item) => item.name === name);
  }
}

function sectionOf(item: Item): string {
  switch (item.kind) {
    case "operation":
      return item.group ? `Operations: ${item.group}` : "Operations";
    case "webhook":
      return "Webhooks";
    default:
      return "Types";
  }
}
