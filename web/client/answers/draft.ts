/** Keeps what is typed in this browser until it is sent, and brings it back after a reload or a crash. */

import { fullDate } from '../shared/localise-times.ts';
import { t } from '../shared/messages.ts';
import { dropDraft, type Fields, loadDraft, markSent, saveDraft } from './draft-store.ts';
import { readFields, sameFields, writeFields } from './fields.ts';

const SAVE_AFTER_MS = 400;

export type DraftKeeper = {
  /** False when there is something typed that the browser would not keep. */
  safe(): boolean;
  sent(): void;
};

export function keepDraft(form: HTMLFormElement, notice: HTMLElement): DraftKeeper {
  const id = form.dataset['draft'] ?? '';
  // Refused answers are kept nowhere else: then even what the server sent is a draft.
  const stored = form.querySelector('#form-error') ? null : readFields(form);
  let timer = 0;
  let kept = true;

  function save(): void {
    clearTimeout(timer);
    timer = 0;
    const fields = readFields(form);
    kept = stored !== null && sameFields(fields, stored);
    if (kept) dropDraft(id);
    else kept = saveDraft(id, fields);
  }

  if (stored) restore(form, notice, id, stored);
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  });
  // The last moment that phones, too, tell a page about.
  document.addEventListener('visibilitychange', () => timer && save());
  addEventListener('pagehide', () => timer && save());
  return {
    safe() {
      if (timer) save();
      return kept;
    },
    sent() {
      save();
      markSent(id);
    },
  };
}

function restore(form: HTMLFormElement, notice: HTMLElement, id: string, stored: Fields): void {
  const draft = loadDraft(id);
  if (!draft) return;
  if (sameFields(draft.fields, stored)) {
    dropDraft(id);
    return;
  }
  writeFields(form, draft.fields);
  const discard = document.createElement('button');
  discard.type = 'button';
  discard.className = 'quiet';
  discard.textContent = t('live.discardDraft');
  discard.addEventListener('click', () => {
    writeFields(form, stored);
    dropDraft(id);
    notice.hidden = true;
  });
  notice.replaceChildren(`${t('live.draftBack', { time: fullDate.format(new Date(draft.at)) })} `, discard);
  notice.hidden = false;
}
