/** Every environment that we ship is built from its Dockerfile, found under each of its names, and grades. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { ENVIRONMENTS_FOLDER } from '../../server/config/config.ts';
import { buildShippedEnvironments } from '../../server/environments/builds/bases/shipped-environments.ts';
import { readEnvironments } from '../../server/environments/catalogue.ts';
import { findEnvironment } from '../../server/environments/discovery/environments-of-images.ts';
import { readShipped } from '../../server/environments/discovery/shipped.ts';
import { openTestGrader, type TestGrader } from '../support/grade.ts';
import { graders } from './graders.ts';

const shipped = await readShipped(ENVIRONMENTS_FOLDER);
let grader: TestGrader;
beforeAll(async () => {
  const engine = openEngine();
  await buildShippedEnvironments(engine, ENVIRONMENTS_FOLDER, () => {}, null);
  await engine.close();
  grader = await openTestGrader();
});
afterAll(() => grader.close());

test.each(shipped)('$name is found under its names', async ({ name, aliases }) => {
  const engine = openEngine();
  const { list } = await readEnvironments(engine, {});
  await engine.close();
  for (const each of [name, ...aliases]) {
    expect(findEnvironment(list, each), each).toMatchObject({ name, available: true });
  }
});

test('each of them has a grader here', () => {
  expect(Object.keys(graders).sort()).toEqual(shipped.map(({ name }) => name).sort());
});

describe.each(Object.entries(graders))('%s', (environment, cases) => {
  test.each(Object.entries(cases))('%s', async (_, { files, wrong }) => {
    const limits = { time: 60, hard_time: 100, memory: 1024 };
    const right = await grader.grade({ environment, limits, files });
    expect(right, `${right.details}\n${right.report.text}`).toMatchObject({ verdict: 'success' });
    const failed = await grader.grade({ environment, limits, files: { ...files, ...wrong } });
    expect(failed, `${failed.details}\n${failed.report.text}`).toMatchObject({ verdict: 'failed' });
  });
});
