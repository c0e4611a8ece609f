/** Pages, the API and commands ask the same verbs: docs/verbs.md lists them, as the imports of the code have them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { files, ROOT } from '../support/architecture/imports.ts';
import { readVerbs, verbTable } from '../support/verbs/verbs.ts';

const verbs = readVerbs();
const page = readFileSync(join(ROOT, 'docs/verbs.md'), 'utf8');

test('docs/verbs.md lists every verb, and who asks it', () => {
  const start = page.indexOf('| verb | file |');
  const [listed = ''] = page.slice(start).split('\n\n', 1);
  expect(listed.trimEnd()).toBe(verbTable(verbs));
});

test('every verb is asked by a page, the API or a command', () => {
  expect(verbs.length).toBeGreaterThan(40);
  const unused = verbs.filter((verb) => [verb.page, verb.api, verb.command].flat().length === 0);
  expect(unused.map(({ name }) => name)).toEqual([]);
});

test('a verb has one name, and no other has it', () => {
  const names = verbs.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

/** What verbs stand before. A page, route or command that calls one of these decides on its own who may. */
const BEHIND = [
  ['grading', 'submit|kill|debug'],
  ['groups', 'create|change|add|take|dissolve|forget'],
  ['users', 'addUser|setRole|leaveCourse|setEmail|resetSecondFactor|setOperator|setPassword|remove'],
  ['revisions', 'list|runs|test|promote|rollback|pin|unpin|prune|prunePlan'],
  ['jobs', 'start|list|get|log|stop'],
  ['credentials', 'list|save|forget'],
  ['updates', 'plan|work'],
] as const;
/** Functions that are behind a verb of their own. */
const FUNCTIONS = 'useOf|exportToFile|importFromFile|createLaunch|visibleRun|visibleSubmission|findRuntime';
const FACE = /^server\/(?:site\/(?:pages|api|requests|door)|cli)\//;

test('no page, route or command goes around a verb', () => {
  const calls = new RegExp(
    [...BEHIND.map(([of, names]) => `\\b${of}\\s*\\.(?:${names})\\(`), `(?<![.\\w])(?:${FUNCTIONS})\\(`].join(
      '|',
    ),
    'g',
  );
  const around = files
    .filter((file) => FACE.test(file))
    .flatMap((file) =>
      [...readFileSync(join(ROOT, file), 'utf8').matchAll(calls)].map(([call]) => `${file}: ${call}…)`),
    );
  expect(around).toEqual([]);
});
