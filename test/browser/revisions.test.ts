/** The history of an environment in the browser: a teacher sees what an update would change, an operator decides. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { shortDigest } from '../../server/environments/revisions/images/revision-tags.ts';
import { DESKTOP, findBarriers, overflowOf, PHONE } from '../support/browser/browser.ts';
import { sharedSite } from '../support/browser/site.ts';
import { GRADER, revisionImages, taskYaml, writeFiles } from '../support/revision-images.ts';

const NAME = `page-${process.pid}`;
const images = revisionImages(NAME);
afterAll(() => images[Symbol.asyncDispose]());
const site = sharedSite();
let [v1, v2] = ['', ''];

const state = async () => (await site.server.revisions.list(NAME))[0]?.state;

beforeAll(async () => {
  writeFiles(join(site.server.courses, 'demo/ask'), {
    run: GRADER,
    'task.yaml': taskYaml(NAME),
    'samples/any.yaml': 'answers: { code: x }\nexpect: { verdict: success, grade: 100 }\n',
  });
  v1 = await images.build(100);
  await vi.waitFor(async () => expect(await state()).toBe('current'), { timeout: 10_000 });
  v2 = await images.build(50);
  await vi.waitFor(async () => expect(await state()).toBe('held'), { timeout: 60_000 });
});

test.each([
  ['a desktop', DESKTOP],
  ['a phone', PHONE],
])('on %s the change is shown beside what it was, fits, and has no barrier', async (_, size) => {
  const { context, page, complaints } = await site.visit('teacher', size);
  await page.goto(`/environments/${NAME}`);
  const change = page.getByRole('list', { name: /Samples with unexpected results/ }).getByRole('listitem');
  expect(await change.locator('del').textContent()).toBe('success, 100 %');
  expect(await change.locator('ins').textContent()).toBe('failed, 50 %');
  expect(await page.getByRole('button', { name: 'Promote' }).count()).toBe(0);
  expect(await findBarriers(page)).toEqual([]);
  expect(await overflowOf(page)).toBe(0);
  const folder = process.env['GRADEPORT_SCREENSHOTS'];
  if (folder)
    await page.screenshot({ path: join(folder, `revisions-${size.viewport.width}.png`), fullPage: true });
  expect(complaints).toEqual([]);
  await context.close();
});

test('teachers read on the card that an update is held back, and get to why', async () => {
  const { context, page } = await site.visit('teacher');
  await page.goto('/environments');
  await page.getByText('Live', { exact: true }).waitFor();
  const card = page.locator(`[data-name="${NAME}"]`);
  await card.getByText('Update held back: 1 of 1 sample changed').waitFor();
  expect(await card.count()).toBe(1);
  await card.getByRole('link', { name: 'see why' }).click();
  await page.waitForURL(`**/environments/${NAME}#revision-${shortDigest(v2)}`);
  await context.close();
});

test('students see what grades, and nothing of an update', async () => {
  const { context, page } = await site.visit('student');
  await page.goto('/environments');
  await page.getByText('Live', { exact: true }).waitFor();
  const card = page.locator(`[data-name="${NAME}"]`);
  expect(await card.getByText('Available', { exact: true }).count()).toBe(1);
  expect(await card.textContent()).not.toContain('held');
  await page.goto(`/environments/${NAME}`);
  expect(await page.getByText(/held back|gradeport env/).count()).toBe(0);
  await context.close();
});

test('an open page shows what somebody else decides, without a reload', async () => {
  const { context, page, complaints } = await site.visit('teacher');
  await page.goto(`/environments/${NAME}`);
  await page.getByText('Live', { exact: true }).waitFor();
  const update = page.locator(`#revision-${shortDigest(v2)}`);
  const task = { course: 'demo', task: 'ask', environment: NAME };
  await site.server.revisions.pin(task, v2, 'operator');
  await update.getByText('Always grades demo/ask.').waitFor();
  await site.server.revisions.unpin(task);
  await update.getByText('Always grades demo/ask.').waitFor({ state: 'detached' });
  expect(complaints).toEqual([]);
  await context.close();
});

test('an operator promotes it knowingly, and rolls back', async () => {
  const { context, page, complaints } = await site.visit('operator');
  await page.goto(`/environments/${NAME}`);
  const promote = page.getByRole('button', { name: `Promote ${shortDigest(v2)}` });
  // The browser itself asks for the check mark.
  await promote.click();
  expect(await state()).toBe('held');
  await page.getByRole('checkbox', { name: 'Although its samples have unexpected results' }).check();
  await promote.click();
  await page.getByRole('button', { name: `Roll back to ${shortDigest(v1)}` }).click();
  await page.getByRole('button', { name: `Roll back to ${shortDigest(v2)}` }).waitFor();
  expect(await site.server.revisions.list(NAME)).toMatchObject([
    { digest: v2, state: 'retired' },
    { digest: v1, state: 'current', promotedBy: 'operator' },
  ]);
  await page.getByRole('button', { name: `Run samples on ${shortDigest(v1)}` }).click();
  await page.getByText('All as expected: 1 sample.', { exact: true }).waitFor();
  expect(await findBarriers(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});
