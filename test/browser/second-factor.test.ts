import { expect, test } from 'vitest';
import { codeAt, stepAt } from '../../server/people/sign-in/totp.ts';
import { DESKTOP, PHONE } from '../support/browser/browser.ts';
import { sharedSite } from '../support/browser/site.ts';

const site = sharedSite();

test('a second factor is set up, asked for, and replaced by a recovery code when the phone is lost', async () => {
  const { context, page } = await site.visit('teacher', DESKTOP);
  const { name, password } = site.server.accounts.teacher;
  await page.goto('/account');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Set up' }).click();
  const secret = (await page.locator('code.secret').textContent()) ?? '';
  const code = page.getByRole('img', {
    name: `QR code for an authenticator app. It holds the secret ${secret}`,
  });
  expect(await code.boundingBox()).toMatchObject({ width: 240, height: 240 });
  await page.getByLabel('Code of the app').fill(codeAt(secret, stepAt(Date.now())));
  await page.getByRole('button', { name: 'Turn on' }).click();
  await page.getByRole('heading', { name: 'Recovery codes' }).waitFor();
  const [recovery = ''] = ((await page.locator('.recovery-codes').textContent()) ?? '').trim().split('\n');
  await context.close();

  const phone = await site.open(PHONE);
  const door = await phone.newPage();
  await door.goto('/sign-in?next=/account');
  const send = async (typed: string) => {
    await door.getByLabel('Name').fill(name);
    await door.getByLabel('Password').fill(password);
    await door.getByLabel('Code').fill(typed);
    await door.keyboard.press('Enter');
  };
  await send('');
  await door.getByText('This account has a second factor').waitFor();
  await send('000000');
  await door.getByText('The code is wrong').waitFor();
  await send(recovery.toLowerCase());
  await door.waitForURL('**/account');
  await door.getByText('It is on').waitFor();
  expect(await door.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await phone.close();
});
