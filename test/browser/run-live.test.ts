import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.ts';
import { DESKTOP, findBarriers, openBrowser, overflowOf, PHONE, visit, write } from './support/browser.ts';
import { addSlowTask, type SlowTask } from './support/slow-task.ts';

const RIGHT =
  'def total(numbers):\n    result = 0\n    for number in numbers:\n        result += number\n    return result\n';
const WRONG = 'def total(numbers):\n    return 6\n';

let server: TestServer;
let browser: Browser;
let slow: SlowTask;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), openBrowser()]);
  slow = await addSlowTask(server.courses);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function submit(page: Page, task: string, problem: string, answer: string): Promise<void> {
  await page.goto(task);
  await write(page, problem, answer);
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.waitForURL('**/runs/*');
}

const verdict = (page: Page, label: string) =>
  page.locator('.verdict').getByRole('heading', { name: label, exact: true });

for (const [device, options] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  test(`wrong, then right: the verdict arrives by itself (${device})`, async () => {
    const { context, page, complaints } = await visit(browser, server.url, server.accounts.student, options);
    await submit(page, '/courses/demo/tasks/python-sum', 'The function total', WRONG);
    await verdict(page, 'Failed').waitFor();
    await page.getByText('1 of 5 tests passed.').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    expect(await overflowOf(page)).toBe(0);
    await page.getByRole('link', { name: 'Try again' }).click();
    await page.getByRole('textbox', { name: 'The function total' }).waitFor();
    expect(await page.locator('textarea[name="answer.code"]').inputValue()).toBe(WRONG);
    expect(await page.getByText('it was not sent yet').isVisible()).toBe(false);
    await submit(page, '/courses/demo/tasks/python-sum', 'The function total', RIGHT);
    await verdict(page, 'Success').waitFor();
    await page.locator('#feedback').getByText('5 of 5 tests passed.').waitFor();
    expect(await page.locator('.timeline .is-past').count()).toBe(4);
    await page.goto('/courses/demo');
    await page.locator('.task-rows li', { hasText: 'Add up a list' }).getByText('Solved').waitFor();
    await context.close();
    expect(complaints).toEqual([]);
  });
}

test('output comes while it is printed, as text, and a reload in the middle loses nothing', async () => {
  const { context, page, complaints } = await visit(browser, server.url, server.accounts.student);
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
  const { context, page } = await visit(browser, server.url, server.accounts.student);
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
  const { context, page } = await visit(browser, server.url, server.accounts.student);
  await page.route('**/socket.io/**', (route) => route.abort());
  await submit(page, slow.href, 'The answer', 'polled');
  await page.getByText('this page asks every two seconds').waitFor();
  await slow.letGo('polled');
  await verdict(page, 'Success').waitFor();
  await context.close();
});

test('a run can be stopped', async () => {
  const { context, page } = await visit(browser, server.url, server.accounts.student);
  await submit(page, slow.href, 'The answer', 'never');
  await page.locator('#output').getByText('grading').waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await verdict(page, 'Stopped').waitFor();
  await context.close();
});

test('an answer that comes too early is refused, and kept as a draft', async () => {
  const { context, page } = await visit(browser, server.url, server.accounts.student);
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
  await page.getByText('it was not sent yet').waitFor();
  expect(await page.locator('textarea[name="answer.code"]').inputValue()).toBe('hasty');
  await context.close();
});

test('another student can neither see the run nor join it; the teacher can see it', async () => {
  const mine = await visit(browser, server.url, server.accounts.student);
  await submit(mine.page, slow.href, 'The answer', 'private');
  const run = new URL(mine.page.url()).pathname;
  const others = await visit(browser, server.url, server.accounts.other);
  const answer = await others.page.goto(run);
  expect(answer?.status()).toBe(404);
  expect(await others.page.content()).not.toContain('private');
  const reply = await joinFrom(others.page, server.url, run.replace('/runs/', ''));
  expect(reply).toContain('"ok":false');
  const teachers = await visit(browser, server.url, server.accounts.teacher);
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
