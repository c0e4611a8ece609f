/** Turns a code <textarea> into an editor. The textarea stays the form's field and always has the editor's text. */
import { indentWithTab, isolateHistory } from '@codemirror/commands';
import { indentUnit, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState, type Extension, Prec } from '@codemirror/state';
import { keymap, lineNumbers } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import { basicSetup, EditorView } from 'codemirror';
import { loadLanguage } from './editor-languages.ts';
import { type Mark, markLines } from './editor-marks.ts';

/** Long enough to find the Tab key after Escape. */
const ESCAPE_MS = 10_000;

const editors = new WeakMap<HTMLTextAreaElement, EditorView>();

export function createEditor(field: HTMLTextAreaElement, submit: () => void): void {
  const language = new Compartment();
  const view = new EditorView({
    state: EditorState.create({
      doc: field.value,
      extensions: [
        keys(submit),
        basicSetup,
        ...indentation(field),
        lineNumbers({ formatNumber: (line) => String(line + firstLine(field) - 1) }),
        syntaxHighlighting(classHighlighter),
        language.of([]),
        EditorView.editorAttributes.of({ class: 'editor' }),
        EditorView.contentAttributes.of(labels(field)),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) setFieldText(field, view.state.doc.toString());
        }),
        followColourScheme(),
        looks(),
      ],
    }),
  });
  field.after(view.dom);
  field.hidden = true;
  editors.set(field, view);
  void loadLanguage(field.dataset['language'] ?? '').then((extension) =>
    view.dispatch({ effects: language.reconfigure(extension) }),
  );
}

/** The line below an editor that says how to leave it, with this machine's keys. */
export function showKeys(hint: HTMLElement): void {
  const onMac = /Mac|iPhone|iPad/.test(navigator.userAgent) && hint.dataset['onMac'];
  if (onMac) hint.textContent = onMac;
  hint.hidden = false;
}

/** As a separate change, so that one undo takes back this and nothing else. */
export function setEditorText(field: HTMLTextAreaElement, text: string): void {
  const view = editors.get(field);
  if (!view) {
    setFieldText(field, text);
    return;
  }
  view.dispatch({
    changes: { from: 0, to: view.state.doc.length, insert: text },
    annotations: isolateHistory.of('full'),
  });
}

/** Does nothing if there is no editor: a plain field has no lines. */
export function showMarks(field: HTMLTextAreaElement, list: readonly Mark[]): void {
  const view = editors.get(field);
  if (view) markLines(view, list);
}

/** Puts the cursor at the beginning of a line (from 1), and scrolls to it. */
export function goToLine(field: HTMLTextAreaElement, line: number): void {
  const view = editors.get(field);
  if (view) {
    const { from } = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
    view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
  } else {
    const before = field.value.split('\n').slice(0, line - 1);
    const at = before.reduce((sum, { length }) => sum + length + 1, 0);
    field.setSelectionRange(at, at);
  }
  focusField(field);
}

export function focusField(field: HTMLTextAreaElement): void {
  const view = editors.get(field);
  if (view) view.focus();
  else field.focus();
}

function setFieldText(field: HTMLTextAreaElement, text: string): void {
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

function keys(submit: () => void): Extension {
  const mine = keymap.of([
    {
      key: 'Mod-Enter',
      run: () => {
        submit();
        return true;
      },
    },
  ]);
  const leave = EditorView.domEventHandlers({
    keydown(event, view) {
      if (event.key === 'Escape') view.setTabFocusMode(ESCAPE_MS);
      return false;
    },
  });
  return [Prec.highest(mine), leave, keymap.of([indentWithTab])];
}

function indentation(field: HTMLTextAreaElement): Extension[] {
  // The task's author chose tabs or spaces: use the same.
  const tabs = /^\t/m.test(field.value || (field.dataset['original'] ?? ''));
  return [indentUnit.of(tabs ? '\t' : '    '), EditorState.tabSize.of(4)];
}

function firstLine(field: HTMLTextAreaElement): number {
  return Number(field.dataset['firstLine']) || 1;
}

function labels(field: HTMLTextAreaElement): Record<string, string> {
  const hint = field.dataset['keys'] ?? field.name.replace(/^answer\./, 'keys-');
  return {
    'aria-labelledby': field.getAttribute('aria-labelledby') ?? '',
    'aria-describedby': `${hint} ${field.getAttribute('aria-describedby') ?? ''}`,
    // The Tab key must reach everything that scrolls; not every checker counts editable elements.
    tabindex: '0',
    spellcheck: 'false',
    autocapitalize: 'off',
  };
}

function looks(): Extension {
  const meta = document.querySelector('meta[name="csp-nonce"]');
  const nonce = meta instanceof HTMLMetaElement ? meta.nonce : '';
  const narrow = matchMedia('(max-width: 40rem)').matches;
  return [nonce ? EditorView.cspNonce.of(nonce) : [], narrow ? EditorView.lineWrapping : []];
}

function followColourScheme(): Extension {
  // The colours are in style.css; this tells the editor which of its own defaults to use.
  return EditorView.darkTheme.of(matchMedia('(prefers-color-scheme: dark)').matches);
}
