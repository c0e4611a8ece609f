/** The reader's language: ?lang=fr in the address, else the browser's first preference, else English. */
import type { Request } from 'express';

const DEFAULT = 'en';
const LANGUAGE = /^[a-z]{2,3}(?:[_-][A-Za-z]{2,4})?$/;

/** Main languages only ("fr" of "fr-BE") from browsers: texts and choices are by language, as in INGInious. */
export function languageOf(req: Request): string {
  const first = req.acceptsLanguages()[0]?.toLowerCase() ?? '';
  return chosenLanguage(req) ?? (LANGUAGE.test(first) ? (first.split('-')[0] ?? DEFAULT) : DEFAULT);
}

/** The language in the address; null: none, or not a language. */
export function chosenLanguage({ query }: Request): string | null {
  const { lang } = query;
  return typeof lang === 'string' && LANGUAGE.test(lang) ? lang : null;
}

/** The address of one of our pages, with the chosen language. */
export const inLanguage = (href: string, req: Request): string => {
  const lang = chosenLanguage(req);
  return lang === null ? href : `${href}?lang=${encodeURIComponent(lang)}`;
};
