import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { afterAll, expect, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { sharedSite } from '../support/browser/site.ts';

const TAG = `gradeport-browser-test:${process.pid}`;
const docker = openClient();
const site = sharedSite();

afterAll(async () => {
  await docker
    .getImage(TAG)
    .remove({ force: true })
    .catch(() => {});
});

const LABELS =
  'org.gradeport.grading.name="browser-test" org.gradeport.grading.title="Made by a test" org.gradeport.grading.languages="klingon"';

async function build(): Promise<void> {
  const files = pack();
  files.entry({ name: 'Dockerfile' }, `FROM scratch\nLABEL ${LABELS}\n`);
  files.finalize();
  const progress = await docker.buildImage(Readable.from(files), { t: TAG });
  await new Promise<void>((resolve, reject) =>
    docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve())),
  );
}

test('an image that is built and removed comes and goes in the open page', async () => {
  const { context, page, complaints } = await site.visit('operator');
  await page.goto('/environments');
  await page.getByText('Live', { exact: true }).waitFor();
  const card = page.getByRole('listitem').filter({ hasText: 'Made by a test' });
  expect(await card.count()).toBe(0);
  await build();
  await card.waitFor();
  await page.getByLabel('Find').fill('klingon');
  await page.getByText(/^1 of \d+$/).waitFor();
  expect(await page.locator('#environments > li:visible').count()).toBe(1);
  await docker.getImage(TAG).remove({ force: true });
  await card.waitFor({ state: 'detached' });
  await page.getByText('No environment matches the filter.').waitFor();
  await page.getByLabel('Find').fill('');
  await page.locator('[data-name=default]').waitFor();
  await context.close();
  expect(complaints).toEqual([]);
});

test('a card leads to the environment’s page, which names its tasks', async () => {
  const { context, page } = await site.visit('student');
  await page.goto('/environments');
  await page.locator('[data-name=c] a').click();
  await page.getByRole('link', { name: 'Sort an array in C' }).waitFor();
  await context.close();
});

test('the table is live, too; filters stay in the address, and the browser remembers the view', async () => {
  const { context, page, complaints } = await site.visit('operator');
  await page.goto('/environments');
  await page.getByRole('link', { name: 'Table', exact: true }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  const row = page.getByRole('row').filter({ hasText: 'Made by a test' });
  await build();
  await row.waitFor();
  await page.getByLabel('Language').selectOption('klingon');
  await page.getByText(/^1 of \d+$/).waitFor();
  expect(page.url()).toContain('language=klingon');
  await page.reload();
  await page.getByText(/^1 of \d+$/).waitFor();
  expect(await page.getByRole('row').count()).toBe(2);
  await page.getByRole('link', { name: 'Cards', exact: true }).click();
  await page.getByText(/^1 of \d+$/).waitFor();
  expect(await page.locator('#environments > li:visible').count()).toBe(1);
  await docker.getImage(TAG).remove({ force: true });
  await page.getByText('No environment matches the filter.').waitFor();
  await page.goto('/environments?view=table');
  await page.goto('/environments');
  await page.getByRole('table').waitFor();
  await context.close();
  expect(complaints).toEqual([]);
});
