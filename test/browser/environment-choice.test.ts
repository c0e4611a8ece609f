/** Choosing the environment of a submission, as a student does. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { findBarriers, PHONE } from '../support/browser/browser.ts';
import { verdict } from '../support/browser/run.ts';
import { sharedSite } from '../support/browser/site.ts';

const TASK = `name: Where
environment_id: default
environment_choices: [c]
problems:
  q: { type: code_single_line, name: A word }
`;
const RUN = '#!/bin/sh\ncommand -v gcc > /dev/null && feedback-result success || feedback-result failed\n';

const site = sharedSite();
beforeAll(async () => {
  const folder = join(site.server.courses, 'demo/where');
  await mkdir(folder);
  await writeFile(join(folder, 'run'), RUN, { mode: 0o755 });
  await writeFile(join(folder, 'task.yaml'), TASK);
});

test('the choice is part of the draft, is graded, and stands there next time', async () => {
  const { context, page, complaints } = await site.visit('student', PHONE);
  // What changed on disk counts within a second.
  await expect
    .poll(async () => (await page.goto('/courses/demo/tasks/where'))?.status(), { timeout: 10_000 })
    .toBe(200);
  const choice = page.getByLabel('Graded in');
  expect(await choice.inputValue()).toBe('default');
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('textbox', { name: 'A word' }).fill('x');
  await choice.selectOption('c');
  await page.goto('/courses');
  await page.goto('/courses/demo/tasks/where');
  await page.getByText('Your draft of').waitFor();
  expect(await choice.inputValue()).toBe('c');
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.waitForURL('**/runs/*');
  await verdict(page, 'Success').waitFor();
  await page.goto('/courses/demo/tasks/where');
  expect(await choice.inputValue()).toBe('c');
  await context.close();
  expect(complaints).toEqual([]);
});
