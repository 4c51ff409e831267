// What the buttons at the top do.

import { commandLines, writeScript } from "./command";
import { download, find } from "./dom";
import { EXAMPLES, loadExample } from "./examples";
import { downloadZip } from "./files";
import type { Playground } from "./playground";
import { writeFragment } from "./state";

/** Browsers refuse longer addresses. */
const LONGEST_SHARED = 1_000_000;

/** Says something for some seconds. */
function say(text: string): void {
  const toast = find("toast");
  toast.textContent = text;
  window.setTimeout(() => {
    if (toast.textContent === text) toast.textContent = "";
  }, 4000);
}

async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} copied`);
  } catch {
    say("The browser does not let this page copy");
  }
}

async function share(playground: Playground): Promise<void> {
  const fragment = await writeFragment(playground.state);
  if (fragment.length > LONGEST_SHARED) {
    say("This is too much for an address: share the files instead");
    return;
  }
  history.replaceState(null, "", fragment);
  await copy(location.href, "Address");
}

function setUpCommand(playground: Playground): void {
  const dialog = find<HTMLDialogElement>("command");
  const text = find("command-text");
  find("show-command").addEventListener("click", () => {
    text.textContent = commandLines(playground.state).join("\n");
    dialog.showModal();
  });
  find("command-copy").addEventListener("click", () => void copy(text.textContent, "Command"));
  find("command-download").addEventListener("click", () => {
    download("openapi-crate.sh", writeScript(playground.state), "application/x-sh");
  });
  find("command-close").addEventListener("click", () => dialog.close());
}

/** Files from a dialog, or dropped anywhere on the page, go into the editor that is shown. */
function setUpFiles(playground: Playground): void {
  const input = find<HTMLInputElement>("file-input");
  const open = async (file: File | undefined) => {
    if (file) playground.openFile(await file.text());
  };
  find("open").addEventListener("click", () => input.click());
  input.addEventListener("change", async () => {
    await open(input.files?.[0]);
    input.value = "";
  });
  const drop = find("drop");
  const holdsFile = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  window.addEventListener("dragover", (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    drop.hidden = false;
  });
  window.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) drop.hidden = true;
  });
  window.addEventListener(
    "drop",
    (event) => {
      drop.hidden = true;
      if (!holdsFile(event)) return;
      event.preventDefault();
      // The editor would insert it where it was dropped.
      event.stopPropagation();
      void open(event.dataTransfer?.files[0]);
    },
    { capture: true },
  );
}

function setUpExamples(playground: Playground): void {
  const menu = find<HTMLSelectElement>("example");
  menu.append(...EXAMPLES.map(({ name, title }) => new Option(title, name)));
  menu.prepend(new Option("Choose…", ""));
  menu.value = "";
  menu.addEventListener("change", async () => {
    if (menu.value !== "") playground.load(await loadExample(menu.value));
    menu.value = "";
  });
}

/** Colors as the system has them, light or dark; the choice is kept. */
function setUpTheme(): void {
  const button = find("theme");
  const names = ["system", "light", "dark"];
  const show = (name: string) => {
    if (name === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
    const label = name === "system" ? "Colors: as the system" : `Colors: ${name}`;
    button.setAttribute("aria-label", label);
    button.title = label;
  };
  const current = () => document.documentElement.dataset.theme ?? "system";
  show(names.find((name) => name === localStorage.getItem("theme")) ?? "system");
  button.addEventListener("click", () => {
    const next = names[(names.indexOf(current()) + 1) % names.length] as string;
    localStorage.setItem("theme", next);
    show(next);
  });
}

export function setUpToolbar(playground: Playground): void {
  setUpTheme();
  setUpExamples(playground);
  setUpFiles(playground);
  setUpCommand(playground);
  find("share").addEventListener("click", () => void share(playground));
  find("copy").addEventListener("click", () => void copy(playground.shownFile, "File"));
  find("download").addEventListener("click", async () => {
    downloadZip(await playground.packageName(), await playground.allFiles());
  });
}
