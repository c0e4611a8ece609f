/** Keeps typed answers in this browser until they are sent, and restores them after a reload or a crash. */

import { fullDate } from '../shared/localise-times.ts';
import { t } from '../shared/messages.ts';
import { dropDraft, type Fields, loadDraft, markSent, saveDraft } from './draft-store.ts';
import { readFields, sameFields, writeFields } from './fields.ts';

const SAVE_AFTER_MS = 400;

export type DraftKeeper = {
  /** False when there is typed text that the browser refused to store. */
  safe(): boolean;
  sent(): void;
};

export function keepDraft(form: HTMLFormElement, notice: HTMLElement): DraftKeeper {
  const id = form.dataset['draft'] ?? '';
  // Refused answers exist nowhere else, so then even the server's text is a draft.
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
  // The last event of a page that phones deliver, too.
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
