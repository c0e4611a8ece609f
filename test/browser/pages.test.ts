import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { DESKTOP, findBarriers, LOOKS, overflowOf } from '../support/browser/browser.ts';
import { sharedSite } from '../support/browser/site.ts';

const site = sharedSite();

const TASKS = ['python-sum', 'c-sort', 'java-stack', 'quiz', 'upload', 'calculator', 'root-shell'];
const PATHS = [
  '/courses',
  '/courses/demo',
  ...TASKS.map((task) => `/courses/demo/tasks/${task}`),
  '/environments?view=cards',
  '/environments?view=table',
  '/environments/default',
  '/there/is/nothing/here',
];

/** What a reader without script does: reload now and then. */
const POLL = { timeout: 60_000, interval: 500 };

async function faultsOf(page: Page): Promise<string[]> {
  const barriers = await findBarriers(page);
  const overflow = await overflowOf(page);
  return overflow > 0 ? [...barriers, `wider than the window by ${overflow} pixels`] : barriers;
}

for (const [look, options] of Object.entries(LOOKS)) {
  test(`no page has a barrier (${look})`, async () => {
    const { context, page, complaints } = await site.visit('teacher', options);
    const faults: Record<string, string[]> = {};
    for (const path of PATHS) {
      await page.goto(path);
      const found = await faultsOf(page);
      if (found.length > 0) faults[path] = found;
    }
    await answerQuiz(page, 2);
    const run = await faultsOf(page);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out.').waitFor();
    expect({ faults, run, door: await faultsOf(page) }).toEqual({ faults: {}, run: [], door: [] });
    await context.close();
    expect(complaints).toEqual([]);
  });
}

test('without script everything can be read, answered and sent', async () => {
  const { context, page } = await site.visit('other', {
    ...DESKTOP,
    javaScriptEnabled: false,
  });
  await page.goto('/courses/demo/tasks/quiz');
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.getByRole('alert').waitFor();
  await answerQuiz(page, 42);
  await page.goto('/courses/demo/tasks/python-sum');
  await page.getByRole('textbox', { name: 'The function total' }).fill('def total(numbers):\n    return 0\n');
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.waitForURL('**/runs/*');
  await expect.poll(() => page.reload().then(() => page.locator('.verdict').count()), POLL).toBe(1);
  await context.close();
});

/** Wrong or right, the quiz is graded at once. */
async function answerQuiz(page: Page, number: number): Promise<void> {
  await page.goto('/courses/demo/tasks/quiz');
  await page.locator('#problem-stack input').first().check();
  await page.locator('#problem-exits input').first().check();
  await page.locator('#problem-hex input').fill(String(number));
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.waitForURL('**/runs/*');
  // Without script the page shows the state that it was loaded in.
  await page.reload();
  await page.locator('.verdict').waitFor();
}
