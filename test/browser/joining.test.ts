/** Joining a course by oneself, in a real browser. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { DESKTOP, findBarriers, overflowOf, PHONE } from '../support/browser/browser.ts';
import { sharedSite } from '../support/browser/site.ts';

const site = sharedSite();
const addCourse = async (id: string, file: string) => {
  await mkdir(join(site.server.courses, id));
  await writeFile(join(site.server.courses, id, 'course.yaml'), file);
};

beforeAll(async () => {
  await addCourse('algebra', 'name: Algebra\ndescription: Groups and *rings*.\nregistration: true\n');
  await addCourse('secret', 'name: Secrets\nregistration: true\nregistration_password: sesame\n');
});

test.each([
  ['a desktop', DESKTOP, 'student'],
  ['a phone', PHONE, 'other'],
] as const)('on %s, with a password and without', async (_, options, who) => {
  const { context, page, complaints } = await site.visit(who, options);
  await page.getByRole('heading', { name: 'Courses you may join' }).waitFor();
  const form = page.getByRole('form', { name: 'Secrets' });
  await form.getByLabel('Password of the course').fill('open');
  await form.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('alert').getByText('The password of the course is wrong.').waitFor();
  expect(await findBarriers(page)).toEqual([]);
  expect(await overflowOf(page)).toBe(0);
  expect(await page.evaluate('document.activeElement.name')).toBe('password');
  await page.keyboard.type('sesame');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Secrets', level: 1 }).waitFor();
  await page.goto('/courses');
  await page.getByRole('form', { name: 'Algebra' }).getByRole('button', { name: 'Join' }).click();
  await page.getByRole('heading', { name: 'Algebra', level: 1 }).waitFor();
  await page.goto('/courses');
  expect(await page.getByText('Courses you may join').count()).toBe(0);
  expect(complaints).toEqual([]);
  await context.close();
});
