/** The editor of a Dockerfile: colours, and the server's messages while the user types. */

import type { LintView } from '../../job-models.ts';
import { createEditor, goToLine, showKeys, showMarks } from '../editor/editor.ts';
import { find, need } from '../shared/dom.ts';
import { t } from '../shared/messages.ts';
import { renderLint } from '../shared/templates.ts';

/** As long as a pause between words. */
const PAUSE_MS = 300;

const form = need('#build', HTMLFormElement);
const field = need('#dockerfile-field', HTMLTextAreaElement, form);
const archive = need('#archive', HTMLInputElement, form);
const place = need('#lint', HTMLElement);
const summary = need('#lint-summary', HTMLElement);
const sending = need('#sending', HTMLElement, form);
let timer = 0;
let asked = 0;

createEditor(field, () => form.requestSubmit());
showKeys(need('[data-editor-hint]', HTMLElement, form));
// The field is hidden behind the editor: the browser's own error bubble would point at nothing.
field.required = false;

form.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(() => void lint(), PAUSE_MS);
});
form.addEventListener('submit', (event) => {
  if (field.value.trim() === '') {
    event.preventDefault();
    summary.textContent = t('live.writeDockerfile');
    return goToLine(field, 1);
  }
  sending.textContent = t('live.sending');
});
addEventListener('pageshow', () => {
  sending.textContent = '';
});
place.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[data-line]') : null;
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  goToLine(field, Number(link.dataset['line']));
});
find('#form-error', HTMLElement)?.focus();
void lint();

async function lint(): Promise<void> {
  asked += 1;
  const mine = asked;
  const body = {
    dockerfile: field.value,
    from: form.dataset['from'] ?? '',
    archive: (archive.files?.length ?? 0) > 0,
  };
  const view = await ask(body).catch(() => null);
  // A later call has a newer text.
  if (mine !== asked) return;
  if (!view) {
    summary.textContent = t('live.lintFailed');
    return;
  }
  place.innerHTML = renderLint(view);
  showMarks(field, view.messages);
  if (summary.textContent !== view.summary) summary.textContent = view.summary;
}

async function ask(body: unknown): Promise<LintView | null> {
  const response = await fetch('/api/environments/lint', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  // Our own server's answer, whose type this page shares.
  return response.ok ? ((await response.json()) as LintView) : null;
}
