import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { write } from '../support/browser/browser.ts';
import { verdict } from '../support/browser/run.ts';
import { sharedSite } from '../support/browser/site.ts';

const TASK = '/courses/demo/tasks/python-sum';
const PROBLEM = 'The function total';

const site = sharedSite();
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeEach(async () => {
  ({ context, page, complaints } = await site.visit('student'));
  await page.goto(TASK);
});
afterEach(async () => {
  await context.close();
  expect(complaints).toEqual([]);
});

const editor = () => page.getByRole('textbox', { name: PROBLEM });
const field = () => page.locator('textarea[name="answer.code"]');
const draftKept = () => expect.poll(() => page.evaluate('localStorage.length')).toBeGreaterThan(0);

test('the editor colours the language and keeps the form’s field in step', async () => {
  await page.locator('.tok-keyword', { hasText: 'def' }).waitFor();
  await write(page, PROBLEM, 'x = 1');
  expect(await field().inputValue()).toBe('x = 1');
});

test('Tab indents; Escape, then Tab leaves, and the editor says so', async () => {
  await write(page, PROBLEM, 'x');
  await page.keyboard.press('Home');
  await page.keyboard.press('Tab');
  expect(await field().inputValue()).toBe('    x');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Start over');
  const description = await editor().getAttribute('aria-describedby');
  const hint = page.locator(`#${description?.split(' ')[0]}`);
  expect(await hint.textContent()).toContain('Escape, then Tab leaves');
});

test('a draft outlives a reload and can be thrown away', async () => {
  const before = await field().inputValue();
  await write(page, PROBLEM, 'my draft');
  await draftKept();
  await page.reload();
  await page.getByText('it has not been sent yet').waitFor();
  expect(await field().inputValue()).toBe('my draft');
  await page.getByRole('button', { name: 'Discard draft' }).click();
  expect(await field().inputValue()).toBe(before);
  await page.reload();
  expect(await field().inputValue()).toBe(before);
  expect(await page.getByText('it has not been sent yet').isVisible()).toBe(false);
});

test('a draft is its writer’s alone, on a shared computer too', async () => {
  await write(page, PROBLEM, 'mine, all mine');
  await draftKept();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Name').fill(site.server.accounts.other.name);
  await page.getByLabel('Password').fill(site.server.accounts.other.password);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await page.goto(TASK);
  await editor().waitFor();
  expect(await field().inputValue()).not.toContain('mine');
});

test('"Start over" can be undone, by its button and by the keyboard', async () => {
  const original = await field().inputValue();
  await write(page, PROBLEM, 'something else');
  await page.getByRole('button', { name: 'Start over' }).click();
  expect(await field().inputValue()).toBe(original);
  await page.getByRole('button', { name: 'Undo start over' }).click();
  expect(await field().inputValue()).toBe('something else');
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.keyboard.press('ControlOrMeta+z');
  expect(await field().inputValue()).toBe('something else');
});

test('an empty answer is reported before anything is sent, and gets the focus', async () => {
  await write(page, PROBLEM, ' ');
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.getByText('Write an answer.').waitFor();
  expect(await editor().getAttribute('aria-invalid')).toBe('true');
  expect(page.url()).toContain(TASK);
});

test('a file of the wrong kind or size is reported as soon as it is chosen', async () => {
  await page.goto('/courses/demo/tasks/upload');
  const input = page.locator('input[type=file]');
  await input.setInputFiles({ name: 'table.exe', mimeType: 'text/csv', buffer: Buffer.from('day') });
  await page.getByText('“table.exe” is not an accepted kind of file (.csv).').waitFor();
  await input.setInputFiles({ name: 'table.csv', mimeType: 'text/csv', buffer: Buffer.alloc(30_000) });
  await page.getByText('at most 19.5 KiB are accepted').waitFor();
  await input.setInputFiles({ name: 'table.csv', mimeType: 'text/csv', buffer: Buffer.from('day') });
  await page.locator('.problem-error').waitFor({ state: 'hidden' });
});

test('a choice of several may be left without any, a choice of one may not', async () => {
  await page.goto('/courses/demo/tasks/quiz');
  const faultOf = (problem: string) => page.locator(`#error-${problem}`).textContent();
  await page.getByRole('button', { name: 'Submit' }).click();
  expect(await Promise.all(['stack', 'exits', 'hex'].map(faultOf))).toEqual([
    ...['Choose an answer.', '', 'Write an answer.'],
  ]);
  expect(await page.evaluate('document.activeElement.name')).toBe('answer.stack');
  await page.getByRole('radio').first().check();
  await page.getByRole('textbox', { name: 'Numbers' }).fill('42');
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.waitForURL('**/runs/*');
  await verdict(page, 'Failed').waitFor();
});
