/** A text as HTML, made once; what it hides until a moment is cut out whenever it is shown. */
import type { Shown } from '../../model/report-html.ts';

export const always = (html: string): Shown => (html === '' ? [] : [{ html, from: null }]);

export const htmlAt = (pieces: Shown, now: number): string =>
  pieces
    .filter(({ from }) => from === null || from <= now)
    .map(({ html }) => html)
    .join('')
    .trim();
