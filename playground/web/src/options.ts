import { find } from "./dom";
import type { Mistake } from "./protocol";

export const OPTIONS = ["name", "version", "only", "exclude"] as const;
export type Option = (typeof OPTIONS)[number];

/** The fields for what the command has options for. */
export class Options {
  constructor(change: () => void) {
    const form = find<HTMLFormElement>("options");
    form.addEventListener("input", change);
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  private field(option: Option): HTMLInputElement {
    return find<HTMLInputElement>(`option-${option}`);
  }

  read(): Record<Option, string> {
    const [name, version, only, exclude] = OPTIONS.map((option) => this.field(option).value) as [string, string, string, string];
    return { name, version, only, exclude };
  }

  load(values: Record<Option, string>): void {
    for (const option of OPTIONS) this.field(option).value = values[option];
  }

  showMistakes(mistakes: Mistake[]): void {
    for (const option of OPTIONS) {
      const wrong = mistakes.some((mistake) => mistake.option === option);
      this.field(option).setAttribute("aria-invalid", String(wrong));
    }
    const text = mistakes.map(({ message }) => message).join("; ");
    const shown = find("option-mistake");
    if (shown.textContent !== text) shown.textContent = text;
  }
}
