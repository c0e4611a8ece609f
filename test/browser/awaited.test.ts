/** A run whose environment is gone: operators see on a page what it waits for, and what to do. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { findBarriers, overflowOf, PHONE } from '../support/browser/browser.ts';
import { sharedSite } from '../support/browser/site.ts';
import { sampleRun, sampleSubmission } from '../support/store/samples.ts';

const site = sharedSite();

test('what runs wait for is on the page of environments, for operators, and in the health of the server', async () => {
  const { server } = site;
  const folder = join(server.courses, 'demo/ghost');
  await mkdir(folder);
  await writeFile(join(folder, 'task.yaml'), 'environment_id: ghost\nproblems: { q: { type: code } }\n');
  await writeFile(join(folder, 'run'), '#!/bin/bash\nfeedback-result success\n');
  const ann = await server.store.users.findOne({ name: server.accounts.student.name });
  const where = { course: 'demo', task: 'ghost', userId: ann?.id ?? '' };
  // Handed in while the environment was there: now a submission would be refused.
  await server.store.submissions.insert({ ...sampleSubmission('waits'), ...where });
  await server.store.runs.insert({ ...sampleRun('waits'), ...where, submission: 'waits', state: 'queued' });
  const health = async () => (await fetch(`${server.url}/healthz`)).json();
  await vi.waitFor(
    async () =>
      expect(await health()).toMatchObject({
        ok: true,
        waiting:
          '1 run waits for an environment that cannot grade now: the page of environments tells operators why.',
      }),
    { timeout: 60_000, interval: 200 },
  );

  const { context, page, complaints } = await site.visit('operator');
  await page.goto('/environments');
  const says = page.getByText(
    /^1 run waits for environment ghost, a day at most, and is graded when it is back: /,
  );
  await says.waitFor();
  expect(await says.textContent()).toContain('LABEL org.gradeport.grading.name=ghost');
  expect(await findBarriers(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();

  const phone = await site.visit('operator', PHONE);
  await phone.page.goto('/environments');
  expect(await overflowOf(phone.page)).toBe(0);
  await phone.context.close();

  const student = await site.visit('student');
  await student.page.goto('/environments');
  expect(await student.page.getByText('ghost').count()).toBe(0);
  await student.context.close();
});
