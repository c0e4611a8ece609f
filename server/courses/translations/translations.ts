/** Texts of courses and tasks in other languages: $i18n/<language>.mo. */
import { join } from 'node:path';
import { unlessShort } from '../../rules/machine-state.ts';
import { signatureOf } from '../file-stamp.ts';
import { isFolderBeneath, namesBeneath, readFileBeneath } from '../read-beneath.ts';
import { readMo } from './gettext-mo.ts';

/** Language → original text → its translation. */
export type Translations = ReadonlyMap<string, ReadonlyMap<string, string>>;

const FILE = /^([a-z]{2,3}(?:[_-][A-Za-z]{2,4})?)\.mo$/;
const MAX_LANGUAGES = 50;
const MAX_BYTES = 2 * 2 ** 20;
export const I18N = '$i18n';

/** A folder below another one; no link is followed from there. mayBeLink: the first one is a course, which may be a link. */
export type TextsPlace = { top: string; names: readonly string[]; mayBeLink?: boolean };

/** The first folder that exists, as INGInious looks for it; null: none. */
export const translationFolder = (candidates: readonly TextsPlace[]): TextsPlace | null =>
  candidates.find(({ top, names, ...options }) => isFolderBeneath(top, names, options)) ?? null;

function catalogues({ top, names, ...options }: TextsPlace): string[] {
  return namesBeneath(top, names, options)
    .filter((name) => FILE.test(name))
    .sort()
    .slice(0, MAX_LANGUAGES);
}

/** Equal as long as no file of the folder changes. */
export async function translationsSignature(place: TextsPlace | null): Promise<string> {
  if (place === null) return '';
  const folder = join(place.top, ...place.names);
  const names = catalogues(place);
  const signatures = await Promise.all(names.map((name) => signatureOf(join(folder, name))));
  return [folder, ...names.map((name, index) => `${name}:${signatures[index]}`)].join('\n');
}

/** A file that is not a catalogue counts as a missing one. */
export async function readTranslations(place: TextsPlace | null): Promise<Translations> {
  if (place === null) return new Map();
  const { top, names, mayBeLink = false } = place;
  const read = await Promise.all(
    catalogues(place).map(async (name) => {
      const reading = { maxBytes: MAX_BYTES, mayBeLink };
      const file = await readFileBeneath(top, [...names, name], reading).catch(unlessShort(null));
      const texts = file && readMo(file);
      return texts ? ([[languageOf(name), texts]] as const) : [];
    }),
  );
  return new Map(read.flat());
}

const languageOf = (name: string): string => name.replace(/\.mo$/, '').replace('-', '_');

/** The reader's language if there are texts in it, else its main language ("fr" for "fr_BE"). */
export function textsFor(translations: Translations, lang: string): ReadonlyMap<string, string> | null {
  const exact = lang.replace('-', '_');
  return translations.get(exact) ?? translations.get(exact.split('_')[0] ?? '') ?? null;
}
