/** A verdict that is there at once is in the next page's own HTML: no script and no live connection brings it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { installDemoCourse } from '../../server/first-start/demo-course.ts';
import { signIn } from '../support/api.ts';
import { cli, serve } from '../support/processes.ts';

const data = mkdtempSync(join(tmpdir(), 'gradeport-quick-'));
afterAll(() => rmSync(data, { recursive: true }));

test('a quick verdict is in the page after the form, a slow one comes live', async () => {
  await installDemoCourse(PROJECT_FOLDER, join(data, 'courses'));
  await cli(['user', 'add', 'ann', '--course', 'demo', '--password-stdin', '--data', data], {
    stdin: 'long enough\n',
  });
  await using server = await serve(['--data', data, '--port', '0', '--log-level', 'silent']);
  const { cookie } = await signIn(server.url, 'ann', 'long enough');
  const pageAfter = async (task: string, answers: Record<string, string>) => {
    const form = new FormData();
    for (const [id, answer] of Object.entries(answers)) form.set(`answer.${id}`, answer);
    const posted = await fetch(`${server.url}/courses/demo/tasks/${task}`, {
      method: 'POST',
      headers: { cookie, 'sec-fetch-site': 'same-origin' },
      body: form,
      redirect: 'manual',
    });
    expect(posted.status, await posted.text()).toBe(303);
    return (await fetch(server.url + posted.headers.get('location'), { headers: { cookie } })).text();
  };
  // The page waits for a tenth of a second, which a busy machine may exceed: then the next submission shows it.
  await expect
    .poll(() => pageAfter('quiz', { stack: '1', exits: '0', hex: '2A' }), { timeout: 60_000 })
    .toMatch(/class="verdict (good|bad)"/);
  const slow = 'import time\ntime.sleep(2)\ndef total(numbers):\n    return sum(numbers)\n';
  expect(await pageAfter('python-sum', { code: slow })).not.toMatch(/class="verdict /);
  expect(await server.end('SIGTERM')).toBe(0);
}, 120_000);
