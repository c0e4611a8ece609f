/** The page of a task: editor, draft, checks before sending. Without this script the page is a plain form. */

import { keepDraft } from '../answers/draft.ts';
import { settleSent } from '../answers/draft-store.ts';
import { checkProblems, focusProblem, watchFile } from '../answers/problem-errors.ts';
import { sendInPlace } from '../answers/send-in-place.ts';
import { addStartOver } from '../answers/start-over.ts';
import { createEditor, showKeys } from '../editor/editor.ts';
import { find, findAll, need } from '../shared/dom.ts';
import { t } from '../shared/messages.ts';
import { showFrames } from '../shared/statement-frames.ts';

const form = need('#answers', HTMLFormElement);
const button = need('#submit', HTMLButtonElement);
const sending = need('#sending', HTMLElement);

for (const section of findAll('[data-problem]', HTMLElement, form)) {
  const field = find('textarea[data-editor]', HTMLTextAreaElement, section);
  if (field) setUpEditor(field, section);
  watchFile(section);
}
showFrames();
const draft = keepDraft(form, need('#draft', HTMLElement));
let isSending = false;

// The browser's error bubbles are of no use here: they cannot point at an editor.
form.noValidate = true;
form.addEventListener('submit', (event) => {
  if (isSending || !checkProblems(form)) return event.preventDefault();
  draft.sent();
  showSending(true);
  // The browser sends a form with a file, because it shows the progress of the upload.
  if (hasFile()) return;
  event.preventDefault();
  void send();
});
// The user came back with the browser's own button: the page is as they left it.
addEventListener('pageshow', () => {
  showSending(false);
  settleSent(false);
});
addEventListener('beforeunload', (event) => {
  if (!isSending && (hasFile() || !draft.safe())) event.preventDefault();
});
focusRefusal();

function setUpEditor(field: HTMLTextAreaElement, section: HTMLElement): void {
  createEditor(field, () => {
    if (!button.disabled) form.requestSubmit(button);
  });
  addStartOver(field, section);
  const hint = need('[data-editor-hint]', HTMLElement, section);
  showKeys(hint);
}

async function send(): Promise<void> {
  const sent = await sendInPlace(form);
  // The server shows the error, on a separate page.
  // The button named "submit" hides the form's own method.
  if (sent === 'refused') HTMLFormElement.prototype.submit.call(form);
  if (sent !== 'lost') return;
  showSending(false);
  sending.textContent = t('live.sendingLost');
}

function showSending(now: boolean): void {
  if (isSending === now) return;
  isSending = now;
  button.disabled = now;
  button.classList.toggle('is-busy', now);
  sending.textContent = now ? (hasFile() ? t('live.uploading') : t('live.sending')) : '';
}

function hasFile(): boolean {
  return findAll('input[type=file]', HTMLInputElement, form).some((input) => (input.files?.length ?? 0) > 0);
}

/** After a refused submission: focuses the first answer to correct. */
function focusRefusal(): void {
  const faulty = find('.has-error', HTMLElement, form);
  if (faulty) focusProblem(faulty);
  else find('#form-error', HTMLElement, form)?.focus();
}
