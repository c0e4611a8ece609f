/** Catalogues of the pages are whole: no message is missing, none is left over, and no view or script has text of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../../server/config/config.ts';
import { callsIn, englishIn, keysIn, readCode } from '../../support/messages/in-code.ts';
import { literalTextOf, messagesOf, partialsOf, readViews } from '../../support/messages/in-views.ts';

const FOLDER = join(PROJECT_FOLDER, 'web/messages');

/** "group.name" → text, plural forms as they are written. */
function read(language: string): Map<string, string> {
  const files = readdirSync(join(FOLDER, language));
  return new Map(
    files.flatMap((file) => {
      const group: Record<string, string> = JSON.parse(readFileSync(join(FOLDER, language, file), 'utf8'));
      return Object.entries(group).map(
        ([name, text]) => [`${file.replace('.json', '')}.${name}`, text] as const,
      );
    }),
  );
}

const FORM = /_(?:zero|one|two|few|many|other)$/;
const english = read('en');
const keys = new Set([...english.keys()].map((name) => name.replace(FORM, '')));
const textsOf = (key: string) => [...english].filter(([name]) => name.replace(FORM, '') === key);

const views = readViews();
const scripts = readCode('web/client');
const server = readCode('server/site');
const inViews = views.flatMap(messagesOf);
const inCode = [...scripts, ...server].flatMap(callsIn);
const isKey = (text: string) => keys.has(text);

describe('a catalogue', () => {
  test('has every message that views and code use', () => {
    const exact = inViews.filter(({ key }) => !key.endsWith('*'));
    const sets = inViews.filter(({ key }) => key.endsWith('*'));
    expect([...exact, ...inCode].filter(({ key }) => !keys.has(key))).toEqual([]);
    const inSet = (set: string) => [...keys].filter((key) => key.startsWith(set.slice(0, -1)));
    expect(sets.filter(({ key }) => inSet(key).length === 0)).toEqual([]);
    expect(inViews.length).toBeGreaterThan(300);
    expect(inCode.length).toBeGreaterThan(100);
  });

  test('has no message that nothing uses', () => {
    const used = new Set([
      ...inViews.map(({ key }) => key),
      ...[...scripts, ...server, ...readCode('web')].flatMap((file) => keysIn(file, isKey)),
    ]);
    const sets = [...used].filter((key) => key.endsWith('*')).map((key) => key.slice(0, -1));
    expect([...keys].filter((key) => !used.has(key) && !sets.some((set) => key.startsWith(set)))).toEqual([]);
  });

  test('gets every parameter of a message, and no other', () => {
    const wrong = [...inViews, ...inCode].flatMap(({ place, key, parameters }) => {
      if (parameters === null) return [];
      const texts = textsOf(key);
      const wanted = new Set(texts.flatMap(([name, text]) => [...parametersOf(text), ...formOf(name)]));
      const missing = [...wanted].filter((one) => !parameters.includes(one));
      const left = parameters.filter((one) => !wanted.has(one));
      return missing.length + left.length === 0 ? [] : [{ place, key, missing, left }];
    });
    expect(wrong).toEqual([]);
  });

  test('is complete in every language', () => {
    for (const language of readdirSync(FOLDER)) {
      const written = [...read(language).keys()].map((name) => name.replace(FORM, ''));
      expect([...new Set(written)].sort(), language).toEqual([...keys].sort());
    }
  });

  test('has plural forms for each number of its language', () => {
    for (const language of readdirSync(FOLDER)) {
      const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
      const written = read(language);
      const plural = [...written.keys()].filter((name) => name.endsWith('_other'));
      const missing = plural.flatMap((name) =>
        pluralCategories.map((form) => name.replace(FORM, `_${form}`)).filter((form) => !written.has(form)),
      );
      expect(missing, language).toEqual([]);
    }
  });

  test('is sorted, so that two branches seldom meet on one line', () => {
    for (const file of readdirSync(join(FOLDER, 'en'))) {
      const names = Object.keys(JSON.parse(readFileSync(join(FOLDER, 'en', file), 'utf8')));
      expect(names, file).toEqual(names.toSorted((a, b) => compare(a.toLowerCase(), b.toLowerCase())));
    }
  });
});

const parametersOf = (text: string): string[] => [
  ...[...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name),
  ...(text.includes('<a>') ? ['href'] : []),
];
const formOf = (name: string): string[] => (FORM.test(name) ? ['count'] : []);
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

describe('all that people read is in the catalogues', () => {
  test.each(views.map((view) => [view.path, view] as const))('%s has no text of its own', (_, view) => {
    expect(literalTextOf(view)).toEqual([]);
  });

  test('scripts have no English of their own', () => {
    expect(scripts.flatMap((file) => englishIn(file, isNoEnglish))).toEqual([]);
  });

  test('the models of pages have no English of their own', () => {
    const shown = server.filter(({ path }) => /^server\/site\/(?:show|pages)\//.test(path));
    expect(shown.flatMap((file) => englishIn(file, isNoEnglish))).toEqual([]);
  });
});

/** Languages of machines: keys, selectors, media queries, reasons of socket.io, headers, SVG, names of LTI. */
const NO_ENGLISH = [
  /^(?:Escape|Enter)$/,
  /^\.prose /,
  /^\(prefers-/,
  /^io server disconnect$/,
  /^private, no-cache$/,
  /<\w+ class="/,
  /<(?:title|desc) id="/,
  /^expected course\/task$/,
];
const isNoEnglish = (text: string): boolean => NO_ENGLISH.some((pattern) => pattern.test(text));

test('the browser has every message of the views that it renders', () => {
  const templates = scripts.find(({ path }) => path.endsWith('/templates.ts'))?.source ?? '';
  const named = [...templates.matchAll(/partials\/(?:\w+\/)?(.+)\.hbs/g)].map(([, name = '']) => name);
  const rendered = new Set(named);
  for (const name of rendered)
    for (const view of views.filter(
      ({ path }) => path.startsWith('partials/') && basename(path, '.hbs') === name,
    ))
      for (const partial of partialsOf(view)) rendered.add(partial);
  expect([...rendered].sort()).toEqual(named.sort());
  const wanted = views
    .filter(({ path }) => path.startsWith('partials/') && rendered.has(basename(path, '.hbs')))
    .flatMap(messagesOf);
  expect(wanted.filter(({ key }) => !key.startsWith('live.'))).toEqual([]);
  expect(wanted.length).toBeGreaterThan(30);
});
