/** gradeport env build in an installation without a server: the samples run, and what is said is what grades. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../server/adapters/open-store.ts';
import { forgetImages } from '../support/forget-images.ts';
import { cli } from '../support/processes.ts';
import { GRADER, revisionImages, taskYaml, writeFiles } from '../support/revision-images.ts';

const NAME = `cli-built-${process.pid}`;
const images = revisionImages(NAME);
const folder = mkdtempSync(join(tmpdir(), 'gradeport-cli-built-'));
const data = join(folder, 'data');
beforeAll(async () => {
  const store = await openStore({ data, store: null });
  await store.close();
});
afterAll(async () => {
  await images[Symbol.asyncDispose]();
  await forgetImages(data);
  rmSync(folder, { recursive: true });
});

async function build(grade: number) {
  const own = join(folder, `image-${grade}`);
  writeFiles(own, {
    Dockerfile: `FROM gradeport/base
RUN echo ${grade} > /grade
COPY samples /samples
LABEL org.gradeport.grading.name=${NAME} org.gradeport.grading.samples=/samples
`,
    'samples/ask/run': GRADER,
    'samples/ask/task.yaml': taskYaml('whatever'),
    'samples/ask/samples/any.yaml': 'answers: { code: x }\nexpect: { verdict: success, grade: 100 }\n',
  });
  return cli(['env', 'build', own, '--tag', images.tag, '--data', data]);
}

test('a build whose samples come out as expected grades, and the history says who built it', async () => {
  const { code, stderr } = await build(100);
  expect(code, stderr).toBe(0);
  expect(stderr).toContain(`${NAME}: All as expected: 1 sample. It grades now.`);
  expect(stderr).toContain(`${images.tag} grades as "${NAME}".`);
  const { stdout } = await cli(['env', 'history', NAME, '--json', '--data', data]);
  expect(JSON.parse(stdout)).toMatchObject([{ state: 'current', from: 'build', by: expect.any(String) }]);
});

test('one that changes a grade is held back, which is an exit code and never called grading', async () => {
  const { code, stderr } = await build(50);
  expect(code).toBe(1);
  expect(stderr).toContain(`${NAME}: Not as expected: 1 of 1 sample. It is held back`);
  expect(stderr).not.toContain('grades as');
  const { stdout } = await cli(['env', 'history', NAME, '--json', '--data', data]);
  expect(JSON.parse(stdout)).toMatchObject([{ state: 'held' }, { state: 'current' }]);
});
