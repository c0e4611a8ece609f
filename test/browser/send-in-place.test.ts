/** Handing in without leaving the page: what it shows, the way back, and what happens when it cannot be. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { write } from '../support/browser/browser.ts';
import { sharedSite } from '../support/browser/site.ts';

const TASK = '/courses/demo/tasks/python-sum';
const PROBLEM = 'The function total';
const RIGHT = 'def total(numbers): return sum(numbers)';

const site = sharedSite();
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeEach(async () => {
  ({ context, page, complaints } = await site.visit('student'));
  await page.goto(TASK);
  await page.evaluate('window.sameDocument = true');
});
afterEach(() => context.close());

const stayed = () => page.evaluate('window.sameDocument === true');
const verdict = () => page.locator('#verdict .verdict');

test('the run takes the place of the task, has its own address, and a reload shows the same', async () => {
  await write(page, PROBLEM, RIGHT);
  await page.click('#submit');
  await verdict().waitFor();
  expect(await stayed()).toBe(true);
  expect(new URL(page.url()).pathname).toMatch(/^\/runs\//);
  expect(await page.evaluate('document.activeElement.id')).toBe('main');
  const said = await verdict().innerText();
  await page.reload();
  expect(await verdict().innerText()).toBe(said);
  expect(complaints).toEqual([]);
});

test('Back leads to the task, without a draft of what was sent', async () => {
  await write(page, PROBLEM, RIGHT);
  await page.click('#submit');
  await verdict().waitFor();
  await page.goBack();
  await page.locator('#answers').waitFor();
  expect(new URL(page.url()).pathname).toBe(TASK);
  expect(await page.evaluate('Object.keys(localStorage).filter((key) => key.includes("draft"))')).toEqual([]);
  await page.goForward();
  await verdict().waitFor();
  expect(complaints).toEqual([]);
});

test('when the connection breaks, the answer stays and the page says what to do', async () => {
  await write(page, PROBLEM, RIGHT);
  await page.route(`**${TASK}*`, (route) =>
    route.request().method() === 'POST' ? route.abort() : route.fallback(),
  );
  await page.click('#submit');
  await page.getByText('The connection was lost').waitFor();
  expect(await page.locator('textarea[name="answer.code"]').inputValue()).toBe(RIGHT);
  await page.unroute(`**${TASK}*`);
  await page.click('#submit');
  await verdict().waitFor();
});

test('what the server refuses is shown by its own page', async () => {
  await write(page, PROBLEM, RIGHT);
  const cookies = await context.cookies();
  await context.clearCookies();
  await page.click('#submit');
  await page.getByText('Sign in first.').waitFor();
  expect(await stayed()).toBe(false);
  await page.getByText('What you typed is kept in this browser').waitFor();
  const back = await page.locator('main').getByRole('link', { name: 'Sign in' }).getAttribute('href');
  expect(back).toBe(`/sign-in?next=${encodeURIComponent(TASK)}`);
  await context.addCookies(cookies);
  await page.goto(TASK);
  expect(await page.locator('textarea[name="answer.code"]').inputValue()).toBe(RIGHT);
});
