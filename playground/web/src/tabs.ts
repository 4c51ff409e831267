import { enter, roveFocus } from "./dom";

/** A row of tabs, by the WAI-ARIA pattern: arrow keys move, and what is reached is shown. */
export class Tabs {
  private chosen = "";

  constructor(
    private readonly list: HTMLElement,
    private readonly show: (name: string, byUser: boolean) => void,
  ) {
    roveFocus(list, "[role=tab]", { next: "ArrowRight", previous: "ArrowLeft" });
    list.addEventListener("focusin", ({ target }) => this.follow(target));
    list.addEventListener("click", ({ target }) => this.follow(target));
  }

  private follow(target: EventTarget | null): void {
    const tab = (target as HTMLElement).closest<HTMLElement>("[role=tab]");
    const name = tab?.dataset.name;
    if (name !== undefined && name !== this.chosen) this.choose(name, true);
  }

  get current(): string {
    return this.chosen;
  }

  private get tabs(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>("[role=tab]")];
  }

  choose(name: string, byUser = false): void {
    this.chosen = name;
    for (const tab of this.tabs) {
      const selected = tab.dataset.name === name;
      tab.setAttribute("aria-selected", String(selected));
      if (selected) {
        enter(this.tabs, tab);
        tab.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    }
    this.show(name, byUser);
  }
}
