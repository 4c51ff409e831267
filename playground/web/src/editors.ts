// The two kinds of editors: for a text of the user's, and for a file of the crate.

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { rust } from "@codemirror/lang-rust";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap } from "@codemirror/language";
import { type Diagnostic, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { make, prose } from "./dom";
import type { Finding } from "./protocol";
import { theme } from "./theme";

const reach = StateEffect.define<number | null>();

/** The line that a jump has led to. */
const reached = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(decorations, transaction) {
    let updated = decorations.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(reach)) continue;
      const line = Decoration.line({ class: "cm-reached" });
      updated = effect.value === null ? Decoration.none : Decoration.set([line.range(effect.value)]);
    }
    return updated;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const shared: Extension = [
  lineNumbers(),
  foldGutter(),
  drawSelection(),
  bracketMatching(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  highlightSelectionMatches(),
  search({ top: true }),
  reached,
  theme,
];

/** Tools that check pages do not know that what is editable can have the focus. */
function attributes(label: string): Record<string, string> {
  return { "aria-label": label, tabindex: "0" };
}

/** Whether a user has moved the cursor, by keys or by a click. */
function isMoved(update: { docChanged: boolean; selectionSet: boolean; transactions: readonly { isUserEvent(event: string): boolean }[] }): boolean {
  return update.selectionSet && !update.docChanged && update.transactions.some((it) => it.isUserEvent("select"));
}

/** Scrolls to an offset and marks its line. The focus stays where it is. */
function jump(view: EditorView, offset: number): void {
  const at = Math.min(offset, view.state.doc.length);
  view.dispatch({
    selection: { anchor: at },
    effects: [
      EditorView.scrollIntoView(at, { y: "start", yMargin: 80 }),
      reach.of(view.state.doc.lineAt(at).from),
    ],
  });
}

/** The part of a text that is replaced to make another one of it. */
function difference(old: string, text: string): { from: number; to: number; insert: string } {
  const least = Math.min(old.length, text.length);
  let from = 0;
  while (from < least && old.charCodeAt(from) === text.charCodeAt(from)) from++;
  let behind = 0;
  while (behind < least - from && old.charCodeAt(old.length - 1 - behind) === text.charCodeAt(text.length - 1 - behind)) {
    behind++;
  }
  return { from, to: old.length - behind, insert: text.slice(from, text.length - behind) };
}

/** An editor for a YAML or JSON text. */
export class TextEditor {
  readonly view: EditorView;
  private readonly language = new Compartment();
  private isJson = false;

  constructor(
    parent: HTMLElement,
    label: string,
    on: { change(): void; move(offset: number): void },
  ) {
    this.view = new EditorView({
      parent,
      extensions: [
        shared,
        history(),
        keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...foldKeymap, ...lintKeymap]),
        this.language.of(yaml()),
        EditorView.contentAttributes.of(attributes(label)),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) {
            this.chooseLanguage();
            on.change();
          } else if (isMoved(update)) {
            on.move(update.state.selection.main.head);
          }
        }),
      ],
    });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  set text(text: string) {
    if (text === this.text) return;
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor: 0 }, scrollIntoView: true });
  }

  private chooseLanguage(): void {
    const isJson = /^\s*\{/.test(this.view.state.sliceDoc(0, 200));
    if (isJson === this.isJson) return;
    this.isJson = isJson;
    // Not within the update that is being told of.
    queueMicrotask(() => this.view.dispatch({ effects: this.language.reconfigure(isJson ? json() : yaml()) }));
  }

  jump(offset: number): void {
    jump(this.view, offset);
  }

  /** The offset of a line and a column, both from 1. */
  offset(line: number, column: number): number {
    const { doc } = this.view.state;
    const { from, to } = doc.line(Math.min(Math.max(line, 1), doc.lines));
    return Math.min(from + column - 1, to);
  }

  /** The line of an offset. */
  line(offset: number): number {
    return this.view.state.doc.lineAt(Math.min(offset, this.view.state.doc.length)).number;
  }

  /** Underlines what is found; `explain` has more about a code. */
  underline(findings: Finding[], explain: (code: string) => string): void {
    const { length } = this.view.state.doc;
    const diagnostics = findings.flatMap((finding): Diagnostic[] => {
      if (!finding.place) return [];
      const [from, to] = finding.place.mark.map((at) => Math.min(at, length)) as [number, number];
      const severity = finding.severity === "note" ? "info" : finding.severity;
      return [{ from, to, severity, message: finding.message, renderMessage: () => explanation(finding, explain(finding.code)) }];
    });
    diagnostics.sort((one, other) => one.from - other.from || one.to - other.to);
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }
}

/** What is shown beside an underlined place. */
function explanation(finding: Finding, text: string): HTMLElement {
  const shown = make("div", "explanation");
  shown.append(
    make("p", "explanation-head", make("strong", finding.severity, `${finding.severity}[${finding.code}]`)),
    make("p", "", ...prose(finding.message)),
  );
  if (finding.help) shown.append(make("p", "", "help: ", ...prose(finding.help)));
  if (text) shown.append(make("p", "explanation-text", ...prose(text)));
  return shown;
}

function languageOf(path: string): Extension {
  if (path.endsWith(".rs")) return rust();
  return path.endsWith(".json") ? json() : [];
}

/** Shows a file; nothing can be changed in it, but it can be searched and copied. */
export class Viewer {
  readonly view: EditorView;
  private readonly language = new Compartment();
  private readonly label = new Compartment();
  private path = "";

  constructor(parent: HTMLElement, move: (path: string, line: number) => void) {
    this.view = new EditorView({
      parent,
      extensions: [
        shared,
        keymap.of([...defaultKeymap, ...searchKeymap, ...foldKeymap]),
        EditorState.readOnly.of(true),
        this.language.of([]),
        this.label.of(EditorView.contentAttributes.of(attributes("File"))),
        EditorView.updateListener.of((update) => {
          if (isMoved(update)) move(this.path, update.state.doc.lineAt(update.state.selection.main.head).number);
        }),
      ],
    });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  show(path: string, text: string): void {
    if (path === this.path) {
      const old = this.text;
      // What a user looks at stays where it is.
      if (old !== text) this.view.dispatch({ changes: difference(old, text) });
      return;
    }
    this.path = path;
    this.view.dispatch({
      changes: { from: 0, to: this.view.state.doc.length, insert: text },
      selection: { anchor: 0 },
      effects: [
        this.language.reconfigure(languageOf(path)),
        this.label.reconfigure(EditorView.contentAttributes.of(attributes(`File ${path}`))),
        EditorView.scrollIntoView(0),
        reach.of(null),
      ],
    });
  }

  jump(line: number): void {
    const { doc } = this.view.state;
    jump(this.view, doc.line(Math.min(Math.max(line, 1), doc.lines)).from);
  }
}
