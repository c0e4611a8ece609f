/** Every sample of the demo, graded by the command line on the way that this test run is about. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { askedHere } from '../support/grade.ts';
import { cli } from '../support/processes.ts';

test('the demo’s samples come out as expected', { timeout: 900_000 }, async () => {
  const demo = join(PROJECT_FOLDER, 'examples/demo');
  const env = { GRADEPORT_EXECUTION: askedHere().way };
  const { code, stdout, stderr } = await cli(['task', 'test', demo, '--json'], { env });
  const samples = JSON.parse(stdout) as { sample: string; differences: string[] }[];
  expect(samples.filter(({ differences }) => differences.length > 0)).toEqual([]);
  expect(samples.length).toBeGreaterThan(25);
  expect(code, stderr).toBe(0);
});
