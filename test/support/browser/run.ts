/** Submitting an answer as a student does, and the verdict that follows. */
import type { Locator, Page } from 'playwright-core';
import { write } from './browser.ts';

/** Leaves the page at the run. */
export async function submit(page: Page, task: string, problem: string, answer: string): Promise<void> {
  await page.goto(task);
  await write(page, problem, answer);
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.waitForURL('**/runs/*');
}

export function verdict(page: Page, label: string): Locator {
  return page.locator('.verdict').getByRole('heading', { name: label, exact: true });
}
