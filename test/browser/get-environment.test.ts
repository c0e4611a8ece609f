/** An operator gets an environment from a private registry, in the browser. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { push } from '../../server/environments/registries/push.ts';
import { findBarriers, overflowOf, PHONE } from '../support/browser/browser.ts';
import { sharedSite } from '../support/browser/site.ts';
import { never, openSharingHouse, type SharingHouse } from '../support/containers/sharing-house.ts';
import { LOGIN, openRegistry, type TestRegistry } from '../support/registry.ts';
import { importImage } from '../support/tiny-image.ts';

const NAME = `fetched-${process.pid}`;
const LOCAL = `gradeport-test/${NAME}:latest`;
let registry: TestRegistry;
let house: SharingHouse;

beforeAll(async () => {
  registry = await openRegistry();
  house = openSharingHouse();
  await house.credentials.save(registry.host, LOGIN, null);
  await importImage(LOCAL, { 'org.gradeport.grading.name': NAME, 'org.gradeport.grading.title': 'Fetched' });
  await push(house.sharing, { name: LOCAL, reference: `${registry.host}/${NAME}:1` }, house.news, never);
  await house.forget(registry.host);
  await house.forget(LOCAL);
});
afterAll(async () => {
  for (const name of [registry.host, `gradeport-revision/${NAME}`]) await house?.forget(name);
  await house?.close();
  await registry?.close();
});

// The images are away before the server looks, and go when it is gone.
const site = sharedSite();

test('a private image is refused, then looked at with a password, then pulled, and is an environment', async () => {
  const { context, page, complaints } = await site.visit('operator');
  await page.goto('/environments');
  await page.getByRole('link', { name: 'Get an environment' }).click();
  await page.getByLabel('Image').fill(`${registry.host}/${NAME}:1`);
  await page.getByRole('button', { name: 'Look at it' }).click();
  await page.getByRole('alert').filter({ hasText: 'registry login' }).waitFor();

  await page.getByRole('link', { name: 'Registries' }).click();
  await page.getByLabel('Registry').fill(registry.host);
  await page.getByLabel('User').fill(LOGIN.user);
  await page.getByLabel('Password or access token').fill(LOGIN.password);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('listitem').filter({ hasText: registry.host }).waitFor();
  expect(await page.content()).not.toContain(LOGIN.password);
  expect(await findBarriers(page)).toEqual([]);

  await page.goto(`/environments/get?reference=${encodeURIComponent(`${registry.host}/${NAME}:1`)}`);
  await page.getByRole('heading', { name: 'Fetched' }).waitFor();
  expect(await house.idOf(`${registry.host}/${NAME}:1`)).toBeNull();
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Pull it' }).click();
  await page.getByRole('heading', { name: `Pull ${registry.host}/${NAME}:1` }).waitFor();
  await page.getByRole('link', { name: `Go to ${NAME}` }).click();
  await page.getByRole('heading', { name: 'Fetched' }).waitFor();
  await page.getByText(/^Made in \d+ steps?$/).waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await context.close();
  expect(complaints).toEqual([]);
});

test('its pages fit a phone', async () => {
  const { context, page } = await site.visit('operator', PHONE);
  const look = `/environments/get?reference=${encodeURIComponent(`${registry.host}/${NAME}:1`)}`;
  for (const path of [look, '/registries', '/environments/updates?ask=yes']) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await overflowOf(page), path).toBe(0);
  }
  await context.close();
});
