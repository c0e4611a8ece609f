/** What every page, and every piece that arrives later, needs: local times, and code that a keyboard can scroll. */
import { findAll } from './dom.ts';

/** The reader's own way to write dates, as far as it is in the language of the page. */
const { lang } = document.documentElement;
const locale = navigator.languages.find((one) => one.split('-')[0] === lang) ?? lang;

export const fullDate = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
/** This year's: the year goes without saying. */
const shortDate = new Intl.DateTimeFormat(locale, {
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
  time.title = fullDate.format(date);
  if ('keep' in time.dataset) return;
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  time.textContent = (isThisYear ? shortDate : fullDate).format(date);
}
