/** "Start over" restores the task's own text; the same button then brings the answer back. */

import { focusField, setEditorText } from '../editor/editor.ts';
import { need } from '../shared/dom.ts';
import { t } from '../shared/messages.ts';

export function addStartOver(field: HTMLTextAreaElement, section: Element): void {
  const button = need('[data-start-over]', HTMLButtonElement, section);
  const original = (field.dataset['original'] ?? '').replace(/\r\n?/g, '\n');
  let before: string | null = null;

  function show(): void {
    button.textContent = t(before === null ? 'live.startOver' : 'live.undoStartOver');
    button.disabled = before === null && field.value === original;
  }

  button.addEventListener('click', () => {
    const kept = before;
    const now = field.value;
    setEditorText(field, kept ?? original);
    before = kept === null ? now : null;
    show();
    focusField(field);
  });
  field.addEventListener('input', () => {
    // After more typing the old answer is not offered any more; the editor's own undo still has it.
    if (field.value !== original) before = null;
    show();
  });
  button.hidden = false;
  show();
}
