// Small helpers for the page's elements. Texts are always text, never HTML.

export function find<E extends HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as E;
}

/** An element with a class, and texts or elements in it. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** Text with what is between backquotes as code. */
export function prose(text: string): Node[] {
  return text.split("`").map((part, index) => {
    return index % 2 === 1 ? make("code", "", part) : document.createTextNode(part);
  });
}

/** Gives a file to the user. */
export function download(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = make("a", "");
  link.href = url;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Calls `work` once things have been quiet for so many milliseconds. */
export function debounce(work: () => void, milliseconds: number): () => void {
  let timer = 0;
  return () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(work, milliseconds);
  };
}

/** Lets arrow keys, Home and End move among the elements that a selector finds, one of which is in the tab order. */
export function roveFocus(container: HTMLElement, selector: string, keys: { next: string; previous: string }): void {
  container.addEventListener("keydown", (event) => {
    const all = [...container.querySelectorAll<HTMLElement>(selector)].filter((one) => one.offsetParent !== null);
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    const targets: Record<string, number> = {
      [keys.next]: Math.min(at + 1, all.length - 1),
      [keys.previous]: Math.max(at - 1, 0),
      Home: 0,
      End: all.length - 1,
    };
    const target = targets[event.key];
    const element = target === undefined ? undefined : all[target];
    if (!element) return;
    event.preventDefault();
    enter(all, element);
    element.focus();
  });
}

/** Makes one of the elements the one in the tab order. */
export function enter(all: Iterable<HTMLElement>, chosen: HTMLElement): void {
  for (const one of all) one.tabIndex = one === chosen ? 0 : -1;
}
