/** Every partial in every state, wide and narrow: no barriers for those who do not see or point, nothing too wide. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../server/site/app.ts';
import { buildClient } from '../../web/build.ts';
import { DESKTOP, findBarriers, listen, openBrowser, overflowOf, PHONE } from '../support/browser/browser.ts';
import { sharedHouse } from '../support/http/house.ts';

const house = await sharedHouse();
let browser: Browser;
let server: Server;
let url: string;

beforeAll(async () => {
  await buildClient({ outFolder: join(house.deps.webFolder, 'dist') });
  server = createServer(createApp({ ...house.deps, cacheViews: false }));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}/dev/partials`;
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await new Promise((resolve) => server.close(resolve));
});

/** They say that a page has a structure; this one has each piece of a page many times. */
const OF_WHOLE_PAGES = /^(?:landmark-unique|heading-order|region): /;

test.each([
  ['desktop', DESKTOP],
  ['phone', PHONE],
])('%s', async (_, size) => {
  const context = await browser.newContext(size);
  const page = await context.newPage();
  const complaints = listen(page);
  await page.goto(url);
  expect(await page.locator('.sample').count()).toBeGreaterThan(150);
  expect((await findBarriers(page)).filter((barrier) => !OF_WHOLE_PAGES.test(barrier))).toEqual([]);
  await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
  expect(await overflowOf(page)).toBe(0);
  expect(complaints).toEqual([]);
  await context.close();
});
