/**
 * Sends an answer without leaving the page: the run's page replaces this one as soon as it arrives. A browser takes
 * some 70 ms to load a new page with styles and scripts; the verdict is often there before.
 */

import { need } from '../shared/dom.ts';
import { settle } from '../shared/localise-times.ts';
import { setShown } from '../shared/reload-on-back.ts';
import { settleSent } from './draft-store.ts';

/** refused: nothing was stored, and the server has a page to say why. lost: the answer may or may not have arrived. */
export type Sent = 'shown' | 'refused' | 'lost';

export async function sendInPlace(form: HTMLFormElement): Promise<Sent> {
  let page: Document;
  let href: string | null;
  try {
    const headers = { 'gradeport-in-place': '1' };
    const answer = await fetch(form.action, { method: 'POST', headers, body: new FormData(form) });
    // The address of the new run; a refusal has none.
    href = answer.headers.get('content-location');
    if (answer.headers.has('gradeport-store-away')) return 'lost';
    if (!answer.ok || href === null) return 'refused';
    page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  } catch {
    return 'lost';
  }
  history.pushState(null, '', href);
  setShown();
  await show(page);
  return 'shown';
}

async function show(page: Document): Promise<void> {
  document.title = page.title;
  const main = need('#main', HTMLElement, page);
  need('#main', HTMLElement).replaceWith(main);
  settle(main);
  settleSent(true);
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
  if (need('#run', HTMLElement).dataset['state'] === 'done') return announce();
  const { followPage } = await import('../live/follow-run.ts');
  followPage();
}

/** A screen reader announces a new page automatically, but not one that replaces another in place. */
function announce(): void {
  need('#announce', HTMLElement).textContent = document.title;
}
