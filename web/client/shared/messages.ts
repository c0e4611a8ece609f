/** The messages of scripts and of views that the browser renders, in the language of the page. */

import english from '../../messages/en/live.json' with { type: 'json' };
import { type Catalogue, createLanguage, type Language } from '../../messages.ts';

type WithoutForm<Name extends string> = Name extends `${infer Base}_${'one' | 'other'}` ? Base : Name;
type LiveKey = `live.${WithoutForm<keyof typeof english & string>}`;

/** Catalogues other than English: each is loaded only by pages in its language. */
const OTHERS: Readonly<Record<string, () => Promise<{ default: Catalogue[string] }>>> = {};

const { lang } = document.documentElement;
const live = (await OTHERS[lang]?.())?.default ?? english;

export const language: Language<LiveKey> = createLanguage(lang, { live }, lang === 'en' ? 'en-GB' : lang);
export const { t } = language;
