import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../../../server/config/config.ts';
import { runsAs, WORKER_UID } from '../../../../server/environments/discovery/runs-as.ts';

test('the user that is shown is the one that the agent becomes', () => {
  const agent = readFileSync(join(PROJECT_FOLDER, 'grading-api/agent/identity.py'), 'utf8');
  expect(agent).toContain(`GROUP = ${WORKER_UID}\n`);
  // Without the word "user=", programs see this one, too.
  expect(agent).toMatch(/^GRADER = .*, GROUP\)$/m);
});

test('graders are root only where the environment needs it; students’ programs are not', () => {
  expect(runsAs({ needRoot: false })).toMatchObject({ grader: WORKER_UID, student: WORKER_UID });
  expect(runsAs({ needRoot: true })).toMatchObject({ grader: 0, student: WORKER_UID });
  expect(runsAs({ needRoot: true }).sentence).toContain('on a kernel of their own');
});
