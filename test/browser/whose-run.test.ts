import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { write } from '../support/browser/browser.ts';
import { submit, verdict } from '../support/browser/run.ts';
import { sharedSite } from '../support/browser/site.ts';
import { addSlowTask, type SlowTask } from '../support/browser/slow-task.ts';

const site = sharedSite();
let slow: SlowTask;

beforeAll(async () => {
  slow = await addSlowTask(site.server.courses);
});

test('a run can be stopped', async () => {
  const { context, page } = await site.visit('student');
  await submit(page, slow.href, 'The answer', 'never');
  await page.locator('#output').getByText('grading').waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await verdict(page, 'Stopped').waitFor();
  await context.close();
});

test('an answer that comes too early is refused, and kept as a draft', async () => {
  const { context, page } = await site.visit('student');
  await submit(page, slow.href, 'The answer', 'patient');
  const run = page.url();
  await page.locator('#output').getByText('grading').waitFor();
  await page.goto(slow.href);
  await write(page, 'The answer', 'hasty');
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.getByText('Your last submission to this task is still being graded').waitFor();
  await page.goto(run);
  await slow.letGo('patient');
  await verdict(page, 'Success').waitFor();
  await page.goto(slow.href);
  await page.getByText('it has not been sent yet').waitFor();
  expect(await page.locator('textarea[name="answer.code"]').inputValue()).toBe('hasty');
  await context.close();
});

test('another student can neither see the run nor join it; the teacher can see it', async () => {
  const mine = await site.visit('student');
  await submit(mine.page, slow.href, 'The answer', 'private');
  const run = new URL(mine.page.url()).pathname;
  const others = await site.visit('other');
  const answer = await others.page.goto(run);
  expect(answer?.status()).toBe(404);
  expect(await others.page.content()).not.toContain('private');
  const reply = await joinFrom(others.page, site.server.url, run.replace('/runs/', ''));
  expect(reply).toContain('"ok":false');
  const teachers = await site.visit('teacher');
  await teachers.page.goto(run);
  await teachers.page.locator('#output').getByText('grading').waitFor();
  await slow.letGo('private');
  await Promise.all([mine, teachers].map(({ page }) => verdict(page, 'Success').waitFor()));
  await Promise.all([mine, others, teachers].map(({ context }) => context.close()));
});

/** Says "run:join" in socket.io's own words from somebody's page: with their cookie and our origin. */
function joinFrom(page: Page, url: string, run: string): Promise<string> {
  const join = `420${JSON.stringify(['run:join', { run, attempt: 0, after: 0 }])}`;
  const address = `${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  return page.evaluate(
    ([to, words]) =>
      new Promise<string>((resolve, reject) => {
        const socket = new WebSocket(to);
        socket.onerror = () => reject(new Error('refused'));
        socket.onmessage = ({ data }) => {
          if (data.startsWith('0')) socket.send('40');
          if (data.startsWith('40')) socket.send(words);
          if (data.startsWith('43')) resolve(data);
        };
      }),
    [address, join] as const,
  );
}
