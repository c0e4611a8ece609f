/** What every page, and every piece that arrives later, needs: local times, and code that a keyboard can scroll. */
import { findAll } from './dom.ts';

const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
/** This year's: the year goes without saying. */
const short = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: 'numeric',
  minute: '2-digit',
});

export function settle(root: ParentNode): void {
  for (const time of findAll('time[datetime]', HTMLTimeElement, root)) localise(time);
  for (const element of findAll('.prose pre, .prose table', HTMLElement, root)) {
    if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
  }
}

function localise(time: HTMLTimeElement): void {
  const date = new Date(time.dateTime);
  if (Number.isNaN(date.getTime())) return;
  // "3 hours ago" says more than an instant does: keep it and put the instant beside it.
  time.title = full.format(date);
  if ('keep' in time.dataset) return;
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  time.textContent = (isThisYear ? short : full).format(date);
}
