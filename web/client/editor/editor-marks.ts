/** Marks lines of an editor that have a message; the message itself is beside the editor. */
import { RangeSetBuilder, StateEffect, StateField, type Text } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';

export type Mark = { line: number; severity: string };

const setMarks = StateEffect.define<readonly Mark[]>();

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(shown, transaction) {
    const fresh = transaction.effects.findLast((effect) => effect.is(setMarks));
    return fresh ? decorate(transaction.state.doc, fresh.value) : shown.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Of several marks on one line the first counts; they are sorted by line, the worst first. */
function decorate(doc: Text, list: readonly Mark[]): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  const lines = new Map(list.toReversed().map(({ line, severity }) => [line, severity]));
  for (const [line, severity] of [...lines].sort(([a], [b]) => a - b)) {
    // If the user typed on meanwhile, the text may have fewer lines.
    if (line < 1 || line > doc.lines) continue;
    const { from } = doc.line(line);
    builder.add(from, from, Decoration.line({ class: `marked-${severity}` }));
  }
  return builder.finish();
}

export function markLines(view: EditorView, list: readonly Mark[]): void {
  const first = view.state.field(marks, false) === undefined;
  view.dispatch({
    effects: first
      ? StateEffect.appendConfig.of(marks.init(({ doc }) => decorate(doc, list)))
      : setMarks.of(list),
  });
}
