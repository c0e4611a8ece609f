/** What commands do with an engine, wherever it is. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { PROJECT_FOLDER } from '../../../server/config/config.ts';
import { cli } from '../processes.ts';

/** Lists environments and grades. @param at options that name the data folder */
export async function expectListedAndGraded(env: Record<string, string>, at: string[]): Promise<void> {
  const list = await cli(['env', 'list', '--json', ...at], { env });
  expect(list.code, list.stderr).toBe(0);
  expect(list.stdout).toContain('"default"');
  const sum = join(PROJECT_FOLDER, 'examples/demo/python-sum');
  const answer = 'code=def total(numbers):\n    return sum(numbers)\n';
  const graded = await cli(['grade', sum, '--answer', answer, '--json'], { env });
  expect(graded.code, graded.stderr).toBe(0);
  expect(JSON.parse(graded.stdout)).toMatchObject({ verdict: 'success' });
}
