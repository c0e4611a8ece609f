/** The plots of an environment: seen, read aloud, and without barriers, in every look. */
import { beforeAll, expect, test } from 'vitest';
import { findBarriers, LOOKS, overflowOf } from '../support/browser/browser.ts';
import { sharedSite } from '../support/browser/site.ts';
import { sampleRun } from '../support/store/samples.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const site = sharedSite();

beforeAll(async () => {
  const by = { name: 'default', image: null, digest: null, runtime: 'crun', reason: '' };
  const inserts = Array.from({ length: 200 }, (_, index) => {
    // A few each day, more at the end; from 30 ms to 20 s.
    const queued = Date.now() - (index % 29) * DAY_MS - (index % 7 === 0 ? 0 : DAY_MS / 2);
    const times = { queuedAt: iso(queued), doneAt: iso(queued + 30 * 1.033 ** index) };
    return site.server.store.runs.insert(
      sampleRun(`use-${index}`, { state: 'done', ...times, environment: by }),
    );
  });
  await Promise.all(inserts);
});

const iso = (ms: number): string => new Date(ms).toISOString();

for (const [look, options] of Object.entries(LOOKS)) {
  test(`plots of use have names, a table beside them, and no barrier (${look})`, async () => {
    const { context, page, complaints } = await site.visit('teacher', options);
    await page.goto('/environments/default');
    const plot = page.getByRole('img', { name: /^Runs per day \d+ runs in 30 days/ });
    await plot.waitFor();
    expect(await page.getByRole('img', { name: /^Time to the verdict/ }).isVisible()).toBe(true);
    await page.getByText('Show as a table').press('Enter');
    expect(await page.getByRole('row').count()).toBeGreaterThan(20);
    expect(await findBarriers(page)).toEqual([]);
    expect(await overflowOf(page)).toBe(0);
    await context.close();
    expect(complaints).toEqual([]);
  });
}
