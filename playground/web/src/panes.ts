// On a narrow screen one pane is shown at a time.

import { find } from "./dom";

export type PaneName = "document-pane" | "outline-pane" | "crate-pane";

const PANES: readonly PaneName[] = ["document-pane", "outline-pane", "crate-pane"];

export function showPane(name: PaneName): void {
  for (const pane of PANES) find(pane).classList.toggle("shown", pane === name);
  for (const button of document.querySelectorAll<HTMLElement>("[data-pane]")) {
    button.setAttribute("aria-pressed", String(button.dataset.pane === name));
  }
}

export function setUpPanes(): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-pane]")) {
    button.addEventListener("click", () => showPane(button.dataset.pane as PaneName));
  }
}
