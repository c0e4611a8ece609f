import { beforeAll, expect, test } from 'vitest';
import { findBarriers } from '../support/browser/browser.ts';
import { submit, verdict } from '../support/browser/run.ts';
import { sharedSite } from '../support/browser/site.ts';
import { addSlowTask, type SlowTask } from '../support/browser/slow-task.ts';

const site = sharedSite();
let slow: SlowTask;

beforeAll(async () => {
  slow = await addSlowTask(site.server.courses);
});

test('output comes while it is printed, as text, and a reload in the middle loses nothing', async () => {
  const { context, page, complaints } = await site.visit('student');
  await submit(page, slow.href, 'The answer', 'reloaded');
  const output = page.locator('#output');
  await output.getByText('grading <b>reloaded</b>').waitFor();
  await output.locator('.stderr', { hasText: 'a warning' }).waitFor();
  expect(await output.innerText()).not.toContain('[32m');
  await page.locator('[data-step=running][aria-current=step]').waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.reload();
  await output.getByText('grading <b>reloaded</b>').waitFor();
  expect(await output.innerText()).not.toContain('going on');
  await slow.letGo('reloaded');
  await output.getByText('going on').waitFor();
  await verdict(page, 'Success').waitFor();
  expect(await output.getByText('grading').count()).toBe(1);
  await page.getByText('Patience is rewarded.').waitFor();
  expect(await page.getByRole('status').filter({ hasText: 'Verdict: Success, 100 percent.' }).count()).toBe(
    1,
  );
  expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0);
  await context.close();
  expect(complaints).toEqual([]);
});

test('a lost connection is told, and what was missed is made up for', async () => {
  const { context, page } = await site.visit('student');
  await submit(page, slow.href, 'The answer', 'offline');
  await page.locator('#output').getByText('grading').waitFor();
  await context.setOffline(true);
  // An open web socket outlives "offline" in Chromium: close it as a dead network would in the end.
  await page.evaluate('window.dispatchEvent(new Event("offline"))');
  await page.getByText('Connection lost, reconnecting…').waitFor();
  await slow.letGo('offline');
  await context.setOffline(false);
  await verdict(page, 'Success').waitFor();
  await page.locator('#output').getByText('going on').waitFor();
  expect(await page.locator('#connection').isVisible()).toBe(false);
  await context.close();
});

test('where no live connection is possible the verdict still comes', async () => {
  const { context, page } = await site.visit('student');
  await page.route('**/socket.io/**', (route) => route.abort());
  await submit(page, slow.href, 'The answer', 'polled');
  await page.getByText('this page checks every two seconds').waitFor();
  await slow.letGo('polled');
  await verdict(page, 'Success').waitFor();
  await context.close();
});
