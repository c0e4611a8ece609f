/** A made-up language: every message in brackets, so that text which is no message stands out. */
import { ENGLISH_MESSAGES, type PageLanguage } from '../../../web/languages.ts';
import { type Catalogue, createLanguage } from '../../../web/messages.ts';

const bracketed: Catalogue = Object.fromEntries(
  Object.entries(ENGLISH_MESSAGES).map(([group, messages]) => [
    group,
    Object.fromEntries(Object.entries(messages).map(([name, text]) => [name, `⟦${text}⟧`])),
  ]),
);

/** Numbers and times as in German: so what Intl writes is not English either. */
export const PSEUDO: PageLanguage = createLanguage('qps', bracketed, 'de');

const HIDDEN = /<(script|style|svg|code|noscript|head|textarea)\b[^>]*>.*?<\/\1>/gs;
const READ_ATTRIBUTES = /\s(?:aria-label|title|placeholder|alt|data-on-mac)="([^"]*)"/g;
const MESSAGE = /⟦[^⟦⟧]*⟧/g;
/** Quantities, instants and grades are written alike in every language; "vor 3 Tagen" comes from Intl. */
const NEUTRAL =
  /vor \d+ \p{L}+|\d(?:ms|s|min|bytes?|[KMG]iB|B|UTC)\b|\b(?:ms|s|min|bytes?|[KMG]iB|B|UTC)\b/gu;

/** What a page says in no message, and what none of its data says: without brackets, tags and the data. */
export function unmarkedText(html: string, data: readonly string[]): string[] {
  const attributes = [...html.matchAll(READ_ATTRIBUTES)].map(([, value = '']) => value);
  const texts = html
    .replace(HIDDEN, ' ')
    .replace(/<(?:strong|em|kbd|a)\b[^>]*>(?=[^⟦⟧]*⟧)|<\/(?:strong|em|kbd|a)>/g, '');
  const known = new Set(data.flatMap(wordsOf).map((word) => word.toLowerCase()));
  return [...texts.split(/<[^>]*>/), ...attributes]
    .map((text) => withoutMessages(decoded(text)).replaceAll('Gradeport', ' ').replace(NEUTRAL, ' '))
    .map((text) =>
      wordsOf(text)
        .filter((word) => !known.has(word.toLowerCase()))
        .join(' '),
    )
    .filter((text) => text !== '');
}

const wordsOf = (text: string): string[] => text.match(/\p{L}[\p{L}\p{N}]*/gu) ?? [];

/** Messages stand in messages: from the inside out. */
function withoutMessages(text: string): string {
  const less = text.replace(MESSAGE, ' ');
  return less === text ? text : withoutMessages(less);
}

const ENTITIES: Record<string, string> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
  '&#x3D;': '=',
  '&#x60;': '`',
  '&amp;': '&',
};
const decoded = (text: string): string => text.replace(/&[#\w]+;/g, (entity) => ENTITIES[entity] ?? entity);
