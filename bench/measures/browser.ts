/** What a student sees: from the click on "Submit" to the frame that shows the verdict, in a real Chromium. */
import type { Page } from 'playwright-core';
import type { Group } from '../context.ts';
import { COURSE } from '../house/course.ts';
import { gradeOne } from '../house/grade.ts';
import { openHouse } from '../house/house.ts';
import { interleave } from '../report/interleave.ts';
import { measuresOf } from '../report/results.ts';

const TITLES = { 'click-to-verdict': 'from the click to the verdict rendered, Chromium, warm trivial run' };
const EXECUTABLE = process.env['CHROMIUM'] || '/usr/bin/chromium';
const ARGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
const WAIT_MS = 60_000;

/**
 * Runs in every page before its own scripts, on both sides of the navigation: the click's time is kept
 * in the session's storage, the verdict's is taken in the task after the frame in which it is painted.
 */
const STOPWATCH = `
addEventListener('click', (event) => {
  sessionStorage.setItem('bench-click', String(performance.timeOrigin + event.timeStamp));
}, true);
const observer = new MutationObserver(() => {
  if (!document.querySelector('#verdict .verdict')) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => {
    const click = Number(sessionStorage.getItem('bench-click'));
    sessionStorage.removeItem('bench-click');
    if (click > 0) window.benchVerdict(performance.timeOrigin + performance.now() - click);
  }));
});
observer.observe(document, { childList: true, subtree: true });
`;

export const browser: Group = {
  name: 'browser',
  titles: () => TITLES,
  async measure(bench) {
    await using house = await openHouse(bench);
    const user = await house.user();
    await gradeOne(house, user, 'trivial');
    await using chromium = await openChromium();
    const context = await chromium.browser.newContext({ baseURL: house.url });
    context.setDefaultTimeout(WAIT_MS);
    const [name = '', value = ''] = (await house.cookie(user)).split('=');
    await context.addCookies([{ name, value, url: house.url }]);
    let seen: (ms: number) => void = () => {};
    await context.exposeFunction('benchVerdict', (ms: unknown) => seen(Number(ms)));
    await context.addInitScript(STOPWATCH);
    const page = await context.newPage();
    const clickToVerdict = async (): Promise<number> => {
      const verdict = new Promise<number>((resolve) => {
        seen = resolve;
      });
      await page.click('#submit');
      await expectSuccess(page);
      return verdict;
    };
    const sampler = {
      name: 'click-to-verdict',
      prepare: async () => {
        await page.goto(`/courses/${COURSE}/tasks/trivial`, { waitUntil: 'networkidle' });
        await house.untilQuiet();
      },
      sample: async () => ({ 'click-to-verdict': await clickToVerdict() }),
    };
    const progress = (round: number, of: number) => bench.say(`browser: click ${round + 1} of ${of}`);
    return measuresOf(TITLES, await interleave([sampler], { ...bench, warmUp: 3, progress }));
  },
};

/** Imported only here: an operator's installation has no browser to drive. */
async function openChromium() {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({
    executablePath: EXECUTABLE,
    args: ARGS.split(' '),
    // Otherwise it would end this process on Ctrl-C before the clean-up.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  return { browser, [Symbol.asyncDispose]: () => browser.close() };
}

async function expectSuccess(page: Page): Promise<void> {
  await page.waitForURL('**/runs/*');
  const shown = await page.locator('#verdict .verdict').getAttribute('class');
  if (shown !== 'verdict good') throw new Error(`The page showed another verdict than success: ${shown}.`);
}
