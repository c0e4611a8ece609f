import { expect, test } from 'vitest';
import { DESKTOP, PHONE } from '../support/browser/browser.ts';
import { sharedSite } from '../support/browser/site.ts';

const site = sharedSite();

test('a wrong password is told, the name kept, and the page asked for comes after the right one', async () => {
  const context = await site.open(PHONE);
  const page = await context.newPage();
  await page.goto('/environments');
  await page.getByLabel('Name').fill('student');
  await page.getByLabel('Password').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  expect(await page.getByLabel('Name').inputValue()).toBe('student');
  await page.getByLabel('Password').fill(site.server.accounts.student.password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/environments');
  await page.getByRole('heading', { name: 'Environments', level: 1 }).waitFor();
  expect(await page.locator('[aria-current=page]').textContent()).toBe('Environments');
  await context.close();
});

test('signing out leads back to the door, and "back" shows nothing', async () => {
  const { context, page } = await site.visit('student', DESKTOP);
  await page.goto('/courses/demo');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('You are signed out.').waitFor();
  await page.goto('/courses/demo');
  await page.waitForURL('**/sign-in?next=*');
  await context.close();
});

test('the first Tab leads to "Skip to content"', async () => {
  const { context, page } = await site.visit('student', DESKTOP);
  await page.goto('/courses');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/courses#main');
  expect(await page.evaluate('document.activeElement.id')).toBe('main');
  await context.close();
});
