/** A learning platform on another site sends a real browser: at the top of a window, and within a frame. */
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBarriers, listen, openBrowser, overflowOf, PHONE, visit } from '../support/browser/browser.ts';
import { signedLaunch } from '../support/lti/gradebook.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const COURSE = 'name: From the platform\nis_lti: true\nlti_keys: { moodle: s3cret words }\n';
const TASK =
  'name: One word\nenvironment_type: mcq\nenvironment_id: mcq\n' +
  'problems:\n  m: { type: match, name: Word, answer: "word" }\n';

let server: TestServer;
let browser: Browser;
let platform: Server;
/** localhost, where the server is at 127.0.0.1: another site, as a learning platform is. */
let lms: string;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
function launchForm(): string {
  const url = `${server.url}/lti/lms/word`;
  const inputs = [...new URLSearchParams(signedLaunch({ url, atMs: Date.now() }))].map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  return `<form method="post" action="${url}">${inputs.join('')}<button>Open the activity</button></form>`;
}

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), openBrowser()]);
  await mkdir(join(server.courses, 'lms/word'), { recursive: true });
  await writeFile(join(server.courses, 'lms/course.yaml'), COURSE);
  await writeFile(join(server.courses, 'lms/word/task.yaml'), TASK);
  platform = createServer((request, response) => {
    const framed = '<iframe title="Activity" src="/form" width="390" height="400"></iframe>';
    const body = request.url === '/framed' ? framed : launchForm();
    response.setHeader('content-type', 'text/html; charset=utf-8').end(`<!doctype html>${body}`);
  }).listen(0, 'localhost');
  await once(platform, 'listening');
  lms = `http://localhost:${(platform.address() as AddressInfo).port}`;
});
afterAll(async () => {
  platform?.close();
  await browser?.close();
  await server?.close();
});

const arrived = async (page: Page): Promise<void> => {
  await page.getByRole('heading', { name: 'One word', level: 1 }).waitFor();
  expect(await page.locator('.site-user-name').textContent()).toContain('Zoë Ångström');
  // The session lasts: the form is our own, and the cookie comes with it.
  await page.getByLabel('Word').fill('word');
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.getByRole('heading', { name: 'Success', exact: true }).waitFor();
};

test('at the top of a window, in the place of the user who was signed in there', async () => {
  const { context, page, complaints } = await visit(browser, server.url, server.accounts.student);
  await page.goto(`${lms}/form`);
  await page.getByRole('button', { name: 'Open the activity' }).click();
  await arrived(page);
  expect(complaints).toEqual([]);
  await context.close();
});

test('within a frame, it opens a window of its own', async () => {
  const context = await browser.newContext(PHONE);
  const page = await context.newPage();
  const complaints = listen(page);
  await page.goto(`${lms}/framed`);
  const frame = page.frameLocator('iframe');
  await frame.getByRole('button', { name: 'Open the activity' }).click();
  const open = frame.getByRole('button', { name: 'Open the task in a new window' });
  await open.waitFor();
  const inner = page.frames().find((one) => one.url().startsWith(server.url));
  const roundness = () => inner?.evaluate('getComputedStyle(document.querySelector(".card")).borderRadius');
  // The style comes after the words.
  await expect.poll(roundness).toMatch(/^[1-9]/);
  const [opened] = await Promise.all([context.waitForEvent('page'), open.click()]);
  await arrived(opened);
  expect(await overflowOf(opened)).toBe(0);
  expect(await findBarriers(opened)).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});
