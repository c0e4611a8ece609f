/** The page of all partials has each of them, and each says all it says in messages. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../../server/config/config.ts';
import { renderSamples } from '../../../server/site/all-partials.ts';
import { ENGLISH } from '../../../web/languages.ts';
import { SAMPLES } from '../../../web/samples/partials.ts';
import { PSEUDO, unmarkedText } from '../../support/messages/pseudo-language.ts';

const WEB = join(PROJECT_FOLDER, 'web');
const files = readdirSync(join(WEB, 'views/partials'), { recursive: true, encoding: 'utf8' });
const names = files.filter((path) => path.endsWith('.hbs')).map((path) => basename(path, '.hbs'));

/** Every text of a model, however deep. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}

test('every partial is on it, once', () => {
  expect(SAMPLES.map(({ partial }) => partial).sort()).toEqual(names.sort());
});

test('every partial that shows what people wrote is there with hostile text, escaped', async () => {
  const shown = await renderSamples(WEB, ENGLISH);
  const hostile = shown.filter(({ states }) => states.some(({ state }) => state === 'hostile'));
  const without = shown.filter((one) => !hostile.includes(one)).map(({ partial }) => partial);
  expect(without).toEqual([
    ...['empty', 'environment-use', 'leave-course', 'logo', 'revisions', 'task-numbers', 'terminal'],
  ]);
  for (const { partial, states } of hostile)
    for (const { html } of states) expect(html, partial).not.toMatch(/<script|<img/);
});

test('in another language, a partial says nothing in English', async () => {
  const shown = await renderSamples(WEB, PSEUDO);
  const english = shown.flatMap(({ partial, states }) =>
    states.flatMap(({ state, html }) => {
      const model = SAMPLES.find((one) => one.partial === partial)?.states[state];
      return unmarkedText(html, [...textsOf(model), partial]).map((text) => `${partial}, ${state}: ${text}`);
    }),
  );
  expect(english).toEqual([]);
});
