/** docs/architecture.md says what the code does: the rooms with their imports, and functions that are where it says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { ALLOWED, TOP } from '../support/architecture/rooms.ts';

const read = (path: string) => readFileSync(join(PROJECT_FOLDER, path), 'utf8');
const page = read('docs/architecture.md');
const rows = [...page.matchAll(/^\| (.+) \|$/gm)].map(([, row = '']) => row.split(' | '));

/** Rooms of rooms.ts have names below server/. */
const inTicks = (text: string) => [...text.matchAll(/`(?:server\/)?([^`]+)`/g)].map(([, name = '']) => name);
/** "- **Ground** is `server/rules`, `server/text`. Almost …" */
const group = (name: string) =>
  inTicks(new RegExp(`^- \\*\\*${name}\\*\\* is (.*?)\\.(?: |$)`, 'm').exec(page)?.[1] ?? '');

test('every room is there, with what it may import', () => {
  const groups = new Map([
    ['ground', group('Ground')],
    ['domain', group('Domain')],
  ]);
  const written = rows.flatMap(([cell = '', , imports]) => {
    const [room = ''] = inTicks(cell);
    if (!(room in ALLOWED) || imports === undefined) return [];
    const names = imports.split(', ').flatMap((word) => groups.get(word) ?? inTicks(word));
    return [[room, names.sort()]];
  });
  const allowed = Object.entries(ALLOWED).map(([room, names]) => [room, [...names].sort()]);
  expect(Object.fromEntries(written)).toEqual(Object.fromEntries(allowed));
  expect(inTicks(/^.*put other rooms together/m.exec(page)?.[0] ?? '')).toEqual(TOP);
});

test('the functions of the three paths are in the files that it names', () => {
  const hops = rows.flatMap(([name = '', file = '']) =>
    /^`\w+`$/.test(name) && /^`[\w/.-]+\.(ts|py)`$/.test(file)
      ? [[name.slice(1, -1), file.slice(1, -1)]]
      : [],
  );
  const missing = hops.filter(([name = '', file = '']) => !new RegExp(`\\b${name}\\b`).test(read(file)));
  expect(missing).toEqual([]);
  expect(hops.length).toBeGreaterThan(40);
});
