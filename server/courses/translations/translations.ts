/** Texts of courses and tasks in other languages: $i18n/<language>.mo. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isFolder, signatureOf } from '../file-stamp.ts';
import { readBeneath } from '../read-beneath.ts';
import { readMo } from './gettext-mo.ts';

/** Language → original text → its translation. */
export type Translations = ReadonlyMap<string, ReadonlyMap<string, string>>;

const FILE = /^([a-z]{2,3}(?:[_-][A-Za-z]{2,4})?)\.mo$/;
const MAX_LANGUAGES = 50;
const MAX_BYTES = 2 * 2 ** 20;
export const I18N = '$i18n';

/** The first folder that exists, as INGInious looks for it; null: none. */
export async function translationFolder(candidates: readonly string[]): Promise<string | null> {
  for (const folder of candidates) if (await isFolder(folder)) return folder;
  return null;
}

async function catalogues(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => FILE.test(name))
    .sort()
    .slice(0, MAX_LANGUAGES);
}

/** Equal as long as no file of the folder changes. */
export async function translationsSignature(folder: string | null): Promise<string> {
  if (folder === null) return '';
  const names = await catalogues(folder);
  const signatures = await Promise.all(names.map((name) => signatureOf(join(folder, name))));
  return [folder, ...names.map((name, index) => `${name}:${signatures[index]}`)].join('\n');
}

/** A file that is not a catalogue counts as a missing one. */
export async function readTranslations(folder: string | null): Promise<Translations> {
  if (folder === null) return new Map();
  const read = await Promise.all(
    (await catalogues(folder)).map(async (name) => {
      const file = await readBeneath(folder, [name], MAX_BYTES);
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
