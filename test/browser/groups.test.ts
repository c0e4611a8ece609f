/** Being in a course, in a real browser: groups that hand in together, what it asks, leaving it and coming back. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DESKTOP, findBarriers, openBrowser, overflowOf, PHONE, visit } from '../support/browser/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let browser: Browser;
const TASK = `name: Together
environment_type: mcq
groups: true
problems: {word: {type: match, name: Word, answer: yes sir}}
`;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), openBrowser()]);
  const folder = join(server.courses, 'pairs');
  await mkdir(join(folder, 'together'), { recursive: true });
  await writeFile(
    join(folder, 'course.yaml'),
    'name: Pairs\nregistration: true\ngroups_student_choice: true\n',
  );
  await writeFile(join(folder, 'together', 'task.yaml'), TASK);
  await mkdir(join(server.courses, 'asking'));
  await writeFile(
    join(server.courses, 'asking', 'course.yaml'),
    'name: Asking\nregistration: true\n' +
      'fields: {year: {description: Year, type: 1}, again: {description: Again, type: 3}}\n',
  );
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function enter(page: Page, name = 'Pairs'): Promise<void> {
  await page.getByRole('form', { name }).getByRole('button', { name: 'Join' }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
}
const inOrder = async (page: Page) => {
  expect(await findBarriers(page)).toEqual([]);
  expect(await overflowOf(page)).toBe(0);
};

test('a teacher makes a group, two students choose it, and one hands in for both', async () => {
  const staff = await visit(browser, server.url, server.accounts.operator, DESKTOP);
  const one = await visit(browser, server.url, server.accounts.student, PHONE);
  const two = await visit(browser, server.url, server.accounts.other, DESKTOP);
  await Promise.all([enter(one.page), enter(two.page)]);

  await one.page.getByRole('link', { name: 'Together' }).click();
  await one.page.getByText('you are in none').waitFor();
  expect(await one.page.getByRole('button', { name: 'Submit' }).isDisabled()).toBe(true);
  await inOrder(one.page);
  await one.page.getByRole('main').getByRole('link', { name: 'Groups', exact: true }).click();
  await one.page.getByText('No groups yet').waitFor();
  await inOrder(one.page);

  await staff.page.goto('/courses/pairs');
  await staff.page.getByRole('link', { name: 'Groups' }).click();
  await staff.page.getByRole('button', { name: 'Create' }).waitFor();
  await staff.page.getByLabel('Name').fill('Red');
  await staff.page.getByRole('button', { name: 'Create' }).click();
  await staff.page.getByRole('heading', { name: 'Red' }).waitFor();

  await one.page.reload();
  await one.page.getByRole('button', { name: 'Join Red' }).click();
  await one.page.getByText('1 of 2').waitFor();
  await inOrder(one.page);
  await staff.page.reload();
  await staff.page.getByLabel('Student for Red').selectOption({ index: 0 });
  await staff.page.getByRole('button', { name: 'Add to Red' }).click();
  await staff.page.getByText('2 of 2').waitFor();
  await staff.page.getByText('Change').click();
  await staff.page.getByRole('button', { name: 'Dissolve Red' }).waitFor();
  await inOrder(staff.page);
  await staff.page.setViewportSize(PHONE.viewport);
  await inOrder(staff.page);

  await one.page.goto('/courses/pairs/tasks/together');
  await one.page.getByText('Yours is Red').waitFor();
  await one.page.getByLabel('Word').fill('yes sir');
  await one.page.getByRole('button', { name: 'Submit' }).click();
  await one.page.getByText('Answer of your group').waitFor();
  await two.page.goto('/courses/pairs/tasks/together');
  await two.page.locator('.runs a').click();
  await two.page.getByRole('heading', { name: 'Answer of your group' }).waitFor();
  await two.page.getByText('Success', { exact: true }).first().waitFor();
  await inOrder(two.page);
  await two.page.goto('/courses/pairs');
  await two.page.getByText('100 %').first().waitFor();
  for (const { context, complaints } of [staff, one, two]) {
    expect(complaints).toEqual([]);
    await context.close();
  }
});

test.each([
  ['a desktop', DESKTOP, 'student'],
  ['a phone', PHONE, 'other'],
] as const)(
  'on %s, a student tells the course what it asks, leaves it and comes back',
  async (_, options, who) => {
    const { context, page, complaints } = await visit(browser, server.url, server.accounts[who], options);
    await enter(page, 'Asking');
    const form = page.getByRole('form', { name: 'About you' });
    await form.getByLabel('Year').fill('two');
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('Write a whole number.').waitFor();
    await inOrder(page);
    await form.getByLabel('Year').fill('2');
    await form.getByLabel('Again').check();
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('status').getByText('Saved.').waitFor();
    expect(await form.getByLabel('Year').inputValue()).toBe('2');
    expect(await form.getByLabel('Again').isChecked()).toBe(true);
    await page.getByText('Leave this course').click();
    await inOrder(page);
    await page.getByRole('button', { name: 'Leave the course' }).click();
    await page.getByRole('button', { name: 'Come back to Asking' }).waitFor();
    await inOrder(page);
    await page.getByRole('button', { name: 'Come back to Asking' }).click();
    await page.getByRole('heading', { name: 'Asking', level: 1 }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  },
);
