/** For every page, and every part that arrives later: local times, and code blocks that a keyboard can scroll. */
import { findAll } from './dom.ts';

/** The reader's own way to write dates, if it is in the language of the page. */
const { lang } = document.documentElement;
const locale = navigator.languages.find((one) => one.split('-')[0] === lang) ?? lang;

export const fullDate = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
/** For dates of this year: the year is left out. */
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
  // "3 hours ago" says more than an exact time does: keep it and put the exact time beside it.
  time.title = fullDate.format(date);
  if ('keep' in time.dataset) return;
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  time.textContent = (isThisYear ? shortDate : fullDate).format(date);
}
