/** What teachers may build on, of all that an engine holds. */
import { expect, test } from 'vitest';
import { withheldFrom } from '../../../../../server/environments/builds/bases/bases.ts';
import { lintDockerfile } from '../../../../../server/environments/builds/dockerfile/lint.ts';
import type { Actor } from '../../../../../server/rules/access.ts';

const ada: Actor = { id: 'ada', name: 'ada', operator: false, roles: { c1: 'teacher' } };
const olga: Actor = { ...ada, id: 'olga', name: 'olga', operator: true };
const labels = (name: string, more = {}) => ({ 'org.gradeport.grading.name': name, ...more });
const hidden = { 'org.gradeport.grading.advertise': 'false' };
const images = new Map<string, Record<string, string>>([
  ['gradeport/base:latest', {}],
  ['somewhere/c:2', labels('c')],
  ['local/secret:latest', labels('secret', hidden)],
  ['local/mine:latest', labels('mine', hidden)],
  ['payroll:latest', {}],
  ['registry.example.org/course/tools:1', {}],
]);
const record = {
  version: 1,
  by: 'ada',
  at: '',
  image: '',
  state: 'built' as const,
  sentence: '',
  digest: '',
};
const sources = {
  lastBuilt: async (name: string) => ({ ...record, name, owner: name === 'mine' ? 'ada' : 'bob' }),
};

async function said(actor: Actor, dockerfile: string, patterns: string[] = [], network = true) {
  const withholds = await withheldFrom(actor, images, { sources, patterns });
  const facts = { images, files: null, network, mustAnnounce: false, refuses: () => null, networkHint: '' };
  return lintDockerfile(`${dockerfile}\n`, { ...facts, withholds })
    .messages.filter(({ severity }) => severity === 'error')
    .map(({ line, message }) => `${line}: ${message}`);
}

test.each(['gradeport/base', 'somewhere/c:2', 'local/mine', 'docker.io/gradeport/base:latest', 'debian:12'])(
  'a teacher builds on what comes with Gradeport, on environments, and on what is pulled: %s',
  async (base) => {
    expect(await said(ada, `FROM ${base}`)).toEqual([]);
  },
);

test.each([
  'payroll',
  'payroll:latest',
  'docker.io/library/payroll',
  'index.docker.io/library/payroll',
  `payroll@sha256:${'ab'.repeat(32)}`,
  'local/secret',
  'registry.example.org/course/tools:1',
])('other images of the engine are not for teachers, however they write the name: %s', async (base) => {
  const [why] = await said(ada, `FROM gradeport/base\nFROM ${base}`);
  expect(why).toMatch(/^2: Teachers may not build on "[^"]+"\. .*build: { bases: \[/);
  const [copied] = await said(ada, `FROM gradeport/base\nRUN true\nCOPY --from=${base} /a /a`);
  expect(copied).toMatch(/^3: Teachers may not build on/);
  expect(await said(olga, `FROM ${base}`)).toEqual([]);
});

test('an operator allows more by patterns', async () => {
  expect(await said(ada, 'FROM payroll', ['payroll'])).toEqual([]);
  expect(await said(ada, 'FROM local/secret', ['local/*'])).toEqual([]);
  expect(await said(ada, 'FROM registry.example.org/course/tools:1', ['registry.example.org/**'])).toEqual(
    [],
  );
  expect(await said(ada, 'FROM payroll', ['local/*'])).toHaveLength(1);
});

test('the beginning of an image’s id is no name', async () => {
  for (const id of ['deadbeef', 'a', 'ab'.repeat(32), `sha256:${'ab'.repeat(32)}`]) {
    expect((await said(ada, `FROM ${id}`))[0]).toContain('may be the id of an image');
  }
});

test('what a teacher may not build on is not offered either', async () => {
  const [why = ''] = await said(ada, 'FROM nothing', [], false);
  expect(why).toContain('gradeport/base');
  expect(why).toContain('local/mine');
  expect(why).not.toContain('local/secret');
});
