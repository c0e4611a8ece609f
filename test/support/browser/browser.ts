/** A real browser in front of the real server: signing in, typing, and what must hold on every page. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';

export type Account = { name: string; password: string };

const EXECUTABLE = process.env['CHROMIUM'] || '/usr/bin/chromium';
const ARGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
/** Verdicts come from containers, on a machine that may be busy with others. */
const WAIT_MS = 60_000;

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
export const LOOKS = {
  'desktop, light': { ...DESKTOP, colorScheme: 'light' },
  'desktop, dark': { ...DESKTOP, colorScheme: 'dark' },
  'phone, light': { ...PHONE, colorScheme: 'light' },
  'phone, dark': { ...PHONE, colorScheme: 'dark' },
} as const;

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: ARGS.split(' ') });
}

export type Visit = { context: BrowserContext; page: Page; complaints: string[] };

/** A browser of its own for somebody, already signed in. */
export async function visit(
  browser: Browser,
  url: string,
  account: Account,
  options: BrowserContextOptions = DESKTOP,
): Promise<Visit> {
  const context = await browser.newContext({ baseURL: url, ...options });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  const complaints = listen(page);
  await page.goto('/sign-in');
  await signIn(page, account);
  return { context, page, complaints };
}

async function signIn(page: Page, { name, password }: Account): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

/** Errors that a page's reader would only see in the console: broken scripts, refused by the content policy. */
export function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text()))
      complaints.push(message.text());
  });
  return complaints;
}

/** Replaces what an editor holds, as somebody who deletes all and pastes. */
export async function write(page: Page, problem: string, text: string): Promise<void> {
  await page.getByRole('textbox', { name: problem }).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(text);
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Violation = { id: string; nodes: { target: string[]; failureSummary: string }[] };

/** What axe finds, one line each; empty is as it should be. */
export async function findBarriers(page: Page): Promise<string[]> {
  const expression = `${axe}; axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations)`;
  const violations: Violation[] = await page.evaluate(expression);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  );
}

/** How many pixels a page is wider than its window. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
