/** A student's terminal in a real browser: typed in, read again after a reload, left, finished, graded. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { DESKTOP, findBarriers, overflowOf, PHONE } from '../support/browser/browser.ts';
import { verdict } from '../support/browser/run.ts';
import { sharedSite } from '../support/browser/site.ts';

const site = sharedSite();

async function start(page: Page): Promise<void> {
  await page.goto('/courses/demo/tasks/terminal');
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.waitForURL('**/runs/*');
  await shows(page, '$');
}

const shows = (page: Page, text: string) =>
  page.locator('#terminal .xterm-rows').filter({ hasText: text }).waitFor();

const FIND = 'cat house/*/*/.note | tr -d . | cut -d" " -f4 > answer; echo wr""itten\n';

describe.each([
  ['a desktop', DESKTOP],
  ['a phone', PHONE],
])('on %s', (_, options) => {
  test('what is typed in the terminal is graded when its student finishes', async () => {
    const { context, page, complaints } = await site.visit('student', options);
    await start(page);
    await page
      .locator('#terminal-clock')
      .getByText(/^(10:00|9:\d\d) left$/)
      .waitFor();
    await page.locator('#terminal').click();
    await page.keyboard.type(`printf '\\033]0;stolen\\007\\033[38;2;250;100;100mred\\033[0m'; ${FIND}`);
    await shows(page, 'written');
    expect(await page.title()).not.toContain('stolen');
    expect(await findBarriers(page)).toEqual([]);
    expect(await overflowOf(page)).toBe(0);
    await page.reload();
    await shows(page, 'written');
    await page.getByRole('button', { name: 'Finish and grade' }).click();
    await verdict(page, 'Success').waitFor();
    await page.getByText('This terminal is closed').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});

test('a keyboard gets out of it, and a screen reader into it', async () => {
  const { context, page } = await site.visit('student');
  await start(page);
  await page.locator('#terminal').click();
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.closest("#terminal") !== null')).toBe(true);
  await page.keyboard.press('Control+Shift+Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('terminal-finish');
  await page.getByLabel('Read aloud').check();
  await page.locator('#terminal .xterm-accessibility').getByText('$').first().waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.locator('#terminal').click();
  await page.keyboard.type('exit\n');
  await verdict(page, 'Failed').waitFor();
  await context.close();
});

test('keys on the screen work where there is no keyboard', async () => {
  const { context, page } = await site.visit('student', PHONE);
  await start(page);
  await page.locator('#terminal').tap();
  await page.keyboard.type('echo first\nsleep 600\n');
  await shows(page, 'sleep 600');
  await page.getByRole('button', { name: 'Ctrl' }).tap();
  await page.keyboard.type('c');
  await page.getByRole('button', { name: 'Up' }).tap();
  await page.getByRole('button', { name: 'Up' }).tap();
  await page.keyboard.type('-second\n');
  await shows(page, 'first-second');
  await page.getByRole('button', { name: 'Finish and grade' }).tap();
  await verdict(page, 'Failed').waitFor();
  await context.close();
});

test('two pages of its student show the same; its teacher only looks', async () => {
  const mine = await site.visit('student');
  await start(mine.page);
  const other = await mine.context.newPage();
  await other.goto(mine.page.url());
  const staff = await site.visit('teacher');
  await staff.page.goto(mine.page.url());
  await staff.page.getByText("You are watching this student's terminal.").waitFor();
  await other.locator('#terminal').click();
  await other.keyboard.type('echo he""llo\n');
  for (const page of [mine.page, other, staff.page]) await shows(page, 'hello');
  expect(await staff.page.getByRole('button', { name: 'Finish and grade' }).count()).toBe(0);
  await other.getByRole('button', { name: 'Finish and grade' }).click();
  for (const page of [mine.page, other, staff.page]) await verdict(page, 'Failed').waitFor();
  await mine.context.close();
  await staff.context.close();
});
