/** The real server and a browser in front of it, for all tests of a file. */
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { startTestServer, type TestAccounts, type TestServer } from '../server.ts';
import { openBrowser, type Visit, visit } from './browser.ts';

export type Site = {
  readonly server: TestServer;
  /** Somebody's window, already signed in. */
  visit(who: keyof TestAccounts, options?: BrowserContextOptions): Promise<Visit>;
  /** A window without a signed-in user. */
  open(options: BrowserContextOptions): Promise<BrowserContext>;
};

/**
 * Started before the first test, closed after the last. Hooks nest: what is to be there before it, or to go after
 * it, stands above the call.
 */
export function sharedSite(): Site {
  let server: TestServer | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    const starting = startTestServer().then((started) => {
      server = started;
    });
    const opening = openBrowser().then((opened) => {
      browser = opened;
    });
    await Promise.all([starting, opening]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  return {
    get server() {
      return there(server);
    },
    visit: (who, options) => visit(there(browser), there(server).url, there(server).accounts[who], options),
    open: (options) => there(browser).newContext({ baseURL: there(server).url, ...options }),
  };
}

function there<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('The site is there from beforeAll on, not while a file is read.');
  return thing;
}
