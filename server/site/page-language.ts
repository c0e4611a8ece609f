/** The language of a page: from the address, else from the browser's preferences, among the languages that exist. */
import type { RequestHandler, Response } from 'express';
import { ENGLISH, LANGUAGES, type PageLanguage, type PageTranslate } from '../../web/languages.ts';
import { chosenLanguage } from './requests/language.ts';

const chosen = new WeakMap<Response, PageLanguage>();

export function chooseLanguage(languages: readonly PageLanguage[] = LANGUAGES): RequestHandler {
  const codes = languages.map(({ code }) => code);
  return (req, res, next) => {
    const code = chosenLanguage(req)?.split(/[-_]/)[0];
    const asked = languages.find((one) => one.code === code);
    const accepted = req.acceptsLanguages(codes);
    const language = asked ?? languages.find((one) => one.code === accepted);
    if (language) chosen.set(res, language);
    next();
  };
}

export const languageFor = (res: Response): PageLanguage => chosen.get(res) ?? ENGLISH;
export { ENGLISH, type PageTranslate };
