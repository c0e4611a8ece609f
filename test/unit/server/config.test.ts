import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfig } from '../../../server/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

test('options win over variables, variables over the file, the file over the defaults', () => {
  const path = file('a.yaml', 'port: 1\nhost: one\nconcurrency: 7\n');
  const config = loadConfig({ port: '3' }, path, { GRADEPORT_PORT: '2', GRADEPORT_HOST: 'two' });
  expect(config).toMatchObject({ port: 3, host: 'two', concurrency: 7, maxWaiting: 10_000 });
});

test('a variable changes one setting of a group and leaves the others', () => {
  const path = file('b.yaml', 'ceilings: { cpuMs: 60000, memoryBytes: 1073741824 }\n');
  const { ceilings } = loadConfig({}, path, {
    GRADEPORT_CEILINGS__WALL_MS: '70000',
    GRADEPORT_CEILINGS__MEMORY_BYTES: '33554432',
  });
  expect(ceilings).toMatchObject({ cpuMs: 60_000, wallMs: 70_000, memoryBytes: 33_554_432 });
});

test('an empty variable says nothing', () => {
  const config = loadConfig({}, undefined, { GRADEPORT_COURSES: '', GRADEPORT_PUBLIC_URL: '' });
  expect(config).toMatchObject({ courses: [], publicUrl: null });
});

test.each([
  ['a file that is not there', () => loadConfig({}, '/nowhere.yaml', {}), /no configuration file \/nowhere/],
  ['a broken file', () => loadConfig({}, file('c.yaml', 'a: [\n'), {}), /c\.yaml cannot be read/],
  ['a list', () => loadConfig({}, file('d.yaml', '- 1\n'), {}), /expected a map/],
  ['an unknown key', () => loadConfig({}, file('e.yaml', 'prot: 1\n'), {}), /prot/],
  ['a port that is none', () => loadConfig({ port: 'x' }, undefined, {}), /port/],
])('%s is refused with a sentence', (_, load, sentence) => {
  expect(load).toThrow(sentence);
});
