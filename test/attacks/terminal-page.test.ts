/** What a terminal prints, in a real browser: it draws, and does nothing else, neither here nor on a teacher's page. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ground, openGround, shellTask } from '../support/attacks/server-under-attack.ts';
import { DESKTOP, openBrowser, visit } from '../support/browser/browser.ts';
import { verdict } from '../support/browser/run.ts';

let ground: Ground;
let browser: Browser;
beforeAll(async () => {
  [ground, browser] = await Promise.all([openGround(), openBrowser()]);
  await shellTask(ground);
});
afterAll(async () => {
  await browser?.close();
  await ground?.close();
});

const shows = (page: Page, text: string) =>
  page.locator('#terminal .xterm-rows').filter({ hasText: text }).waitFor();

/** Titles, icons, the clipboard (write and read), palettes, window reports, links to scripts, a screen of its own. */
const SEQUENCES = [
  ...['\\033]0;stolen\\007', '\\033]1;stolen\\007', '\\033]2;stolen\\007', '\\033[21t', '\\033[8;5;5t'],
  ...['\\033]52;c;c3RvbGVu\\007', '\\033]52;c;?\\007', '\\033]4;1;?\\007', '\\033]10;?\\007'],
  ...[
    '\\033]8;;javascript:alert(1)\\007link\\033]8;;\\007',
    '\\033[5i',
    '\\033[?1003h\\033[?1003l',
    '\\033c',
  ],
].join('');

test('sequences move no title, no clipboard and no window, and a watching page answers none', async () => {
  const options = { ...DESKTOP, permissions: ['clipboard-read', 'clipboard-write'] };
  const student = await visit(browser, ground.server.url, ground.server.accounts.other, options);
  const { page } = student;
  await page.goto('/courses/demo/tasks/shell');
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.waitForURL('**/runs/*');
  await shows(page, '$');
  const title = await page.title();
  const teacher = await visit(browser, ground.server.url, ground.server.accounts.teacher, options);
  await teacher.page.goto(page.url());
  await shows(teacher.page, '$');
  await page.evaluate('navigator.clipboard.writeText("mine")');
  await page.locator('#terminal').click();
  await page.keyboard.type(
    `printf '${SEQUENCES}'; stty -echo; dd of=/dev/null iflag=nonblock status=none; echo dra""wn\n`,
  );
  for (const each of [page, teacher.page]) {
    await shows(each, 'drawn');
    expect(await each.title()).not.toContain('stolen');
    expect(each.viewportSize()).toEqual(DESKTOP.viewport);
  }
  expect(await page.title()).toBe(title);
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe('mine');
  // Asked who it is, the student's page answers, as terminals do; a second answer would be the teacher's.
  await page.keyboard.type(
    `stty -icanon; printf '\\033[c'; IFS= read -rs -t 5 -d c one; IFS= read -rs -t 2 -d c two; stty icanon; echo "an""swers: \${#one} \${#two}"\n`,
  );
  await page
    .locator('#terminal .xterm-rows')
    .filter({ hasText: /answers: [1-9]\d* 0/ })
    .waitFor();
  await page.getByRole('button', { name: 'Finish and grade' }).click();
  for (const each of [page, teacher.page]) await verdict(each, 'Failed').waitFor();
  expect([...student.complaints, ...teacher.complaints]).toEqual([]);
  await student.context.close();
  await teacher.context.close();
});
