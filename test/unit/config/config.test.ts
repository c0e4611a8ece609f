import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfig } from '../../../server/config/config.ts';

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
  [
    'a misspelt key',
    () => loadConfig({}, file('f.yaml', 'alises: {}\n'), {}),
    /no setting "alises" \(.*f\.yaml\)\. Did you mean "aliases"\?$/,
  ],
  [
    'an option that is no number',
    () => loadConfig({ port: 'abc' }, undefined, {}),
    /^--port must be a number, not "abc"\.$/,
  ],
  [
    'an option that is too large',
    () => loadConfig({ port: '70000' }, undefined, {}),
    /^--port must be at most 65535, not "70000"\.$/,
  ],
  [
    'an option that is no whole number',
    () => loadConfig({ concurrency: '1.5' }, undefined, {}),
    /^--concurrency must be a whole number, not "1\.5"\.$/,
  ],
  [
    'an option that is none of its words',
    () => loadConfig({ logLevel: 'loud' }, undefined, {}),
    /^--log-level must be one of trace, .*silent, not "loud"\.$/,
  ],
  [
    'a variable that is no number',
    () => loadConfig({}, undefined, { GRADEPORT_POOL__MAX_IDLE: 'many' }),
    /^GRADEPORT_POOL__MAX_IDLE must be a number, not "many"\.$/,
  ],
  [
    'a key of the wrong kind',
    () => loadConfig({}, file('g.yaml', 'courses: 3\nbuild: { teachers: maybe }\n'), {}),
    /^"courses" in .*g\.yaml must be a list, not 3\.\n"build\.teachers" in .* must be true or false, not "maybe"\.$/,
  ],
  [
    'an address that is none',
    () => loadConfig({ publicUrl: 'nowhere' }, undefined, {}),
    /^--public-url must be an address such as .*, not "nowhere"\.$/,
  ],
  [
    'a secret that is too short, without saying it',
    () => loadConfig({}, undefined, { GRADEPORT_METRICS_TOKEN: 'short' }),
    /^GRADEPORT_METRICS_TOKEN must be at least 16 characters long\.$/,
  ],
])('%s is refused with a sentence', (_, load, sentence) => {
  expect(load).toThrow(sentence);
});
