/** One's own account: the second factor from its secret to signing in with it, and the browsers that are signed in. */
import request from 'supertest';
import { beforeEach, expect, test } from 'vitest';
import { codeAt, stepAt } from '../../server/people/sign-in/totp.ts';
import { sharedHouse } from '../support/http/house.ts';

const house = await sharedHouse();
const strict = await sharedHouse({ whoOwes: 'staff' });
const PASSWORD = 'correct horse';

const form = (app: typeof house.app, path: string, cookie: string, fields: Record<string, string>) =>
  request(app).post(path).set('Cookie', cookie).type('form').send(fields);
async function signedIn(of: typeof house, name: string, more: Record<string, string> = {}) {
  const answer = await form(of.app, '/sign-in', '', { name, password: PASSWORD, ...more });
  const [session = ''] = [answer.headers['set-cookie'] ?? []].flat();
  return { status: answer.status, text: answer.text, cookie: session.split(';')[0] ?? '' };
}
const secretOn = (page: string) => /<code class="secret">([A-Z2-7]{32})<\/code>/.exec(page)?.[1] ?? '';
const codesOn = (page: string) => page.match(/\b[A-Z2-7]{5}-[A-Z2-7]{5}\b/g) ?? [];

/** Sets the second factor up, and returns its secret and its recovery codes. */
async function enrolled(of: typeof house, cookie: string) {
  const begun = await form(of.app, '/account/second-factor/begin', cookie, { password: PASSWORD }).expect(
    200,
  );
  const secret = secretOn(begun.text);
  const code = codeAt(secret, stepAt(of.time.now));
  const on = await form(of.app, '/account/second-factor/confirm', cookie, { code }).expect(200);
  return { secret, codes: codesOn(on.text) };
}

let count = 0;
let name = '';
beforeEach(async () => {
  count += 1;
  name = `ada${count}`;
  for (const one of [house, strict]) {
    await one.users.addUser({ name, password: PASSWORD, roles: { c1: 'teacher' } });
  }
});

test('a second factor is asked for once it is set up, and other sessions have ended', async () => {
  const [here, elsewhere] = [await signedIn(house, name), await signedIn(house, name)];
  const { secret, codes } = await enrolled(house, here.cookie);
  expect(codes).toHaveLength(10);
  await request(house.app).get('/api/session').set('Cookie', here.cookie).expect(200);
  await request(house.app).get('/api/session').set('Cookie', elsewhere.cookie).expect(401);
  const without = await signedIn(house, name);
  expect(without.status).toBe(401);
  expect(without.text).toContain('This account has a second factor');
  house.time.now += 30_000;
  const code = codeAt(secret, stepAt(house.time.now));
  expect((await signedIn(house, name, { code })).status).toBe(303);
  expect((await signedIn(house, name, { code })).status).toBe(401);
  expect((await signedIn(house, name, { code: codes[0] ?? '' })).status).toBe(303);
  const api = { name, password: PASSWORD, code: codes[1] ?? '' };
  await request(house.app).post('/api/session').send(api).expect(200);
});

test('a stolen session neither sets one up nor turns one off', async () => {
  const { cookie } = await signedIn(house, name);
  await form(house.app, '/account/second-factor/begin', cookie, { password: 'wrong horse' }).expect(403);
  const { codes } = await enrolled(house, cookie);
  await form(house.app, '/account/second-factor/begin', cookie, { password: PASSWORD }).expect(409);
  const code = codes[0] ?? '';
  await form(house.app, '/account/second-factor/end', cookie, { password: 'wrong horse', code }).expect(403);
  await form(house.app, '/account/second-factor/end', cookie, { password: PASSWORD, code: '1' }).expect(403);
  await form(house.app, '/account/second-factor/end', cookie, { password: PASSWORD, code }).expect(303);
  expect((await signedIn(house, name)).status).toBe(303);
});

test('no page, answer or list shows the secret again', async () => {
  const { cookie } = await signedIn(house, name);
  const { secret } = await enrolled(house, cookie);
  for (const path of ['/account', '/api/session', '/courses']) {
    const { text } = await request(house.app).get(path).set('Cookie', cookie).expect(200);
    expect(text).not.toContain(secret);
  }
});

test('staff of whom it is asked reach only their account until they have one; students are not asked', async () => {
  const { cookie } = await signedIn(strict, name);
  await request(strict.app).get('/courses').set('Cookie', cookie).expect(303).expect('Location', '/account');
  const api = await request(strict.app).get('/api/courses').set('Cookie', cookie).expect(403);
  expect(api.body.error).toContain('signIn.secondFactor');
  const page = await request(strict.app).get('/account').set('Cookie', cookie).expect(200);
  expect(page.text).toContain('The operator asks for a second factor');
  await enrolled(strict, cookie);
  await request(strict.app).get('/courses').set('Cookie', cookie).expect(200);
  const student = await strict.person(`s${count}`, 'student');
  await request(strict.app).get('/courses').set('Cookie', student.cookie).expect(200);
});

test('sessions are listed, and end one by one or all but this one; those of others do not', async () => {
  const [one, two, three] = [
    await signedIn(house, name),
    await signedIn(house, name),
    await signedIn(house, name),
  ];
  const other = await house.person(`o${count}`, 'student');
  const page = await request(house.app).get('/account').set('Cookie', one.cookie).expect(200);
  const ids = [...page.text.matchAll(/name="id" value="([0-9a-f]{64})"/g)].map(([, id]) => id ?? '');
  expect(ids).toHaveLength(3);
  const is = (cookie: string, status: number) =>
    request(house.app).get('/api/session').set('Cookie', cookie).expect(status);
  const foreign = (await house.sessions.list(other.user.id))[0]?.id ?? '';
  await form(house.app, '/account/sessions/end', one.cookie, { id: foreign }).expect(303);
  await is(other.cookie, 200);
  const mine = (await house.sessions.list((await house.users.findByName(name))?.id ?? '')) ?? [];
  const second = mine.find(({ id }) => house.sessions.isOf(id, two.cookie.split('=')[1] ?? ''))?.id ?? '';
  await form(house.app, '/account/sessions/end', one.cookie, { id: second }).expect(303);
  await is(two.cookie, 401);
  await is(three.cookie, 200);
  await form(house.app, '/account/sessions/end', one.cookie, {}).expect(303);
  await is(three.cookie, 401);
  await is(one.cookie, 200);
});

test('the secret is shown as a QR code with the same text beside it, and a strange host takes only the code away', async () => {
  const { cookie } = await signedIn(house, name);
  const begin = (host: string) =>
    form(house.app, '/account/second-factor/begin', cookie, { password: PASSWORD }).set('Host', host);
  const { text } = await begin('grade.example.org').expect(200);
  expect(text).toContain(
    `aria-label="QR code for an authenticator app. It holds the secret ${secretOn(text)}"`,
  );
  expect(text).toMatch(/<path fill="#000" d="(M\d+ \d+h1v1h-1z)+"\/>/);
  expect(text.match(/<svg class="qr-code"[^>]*>/)?.[0]).not.toContain('style');
  const strange = await begin('x'.repeat(6000)).expect(200);
  expect(strange.text).not.toContain('qr-code');
  expect(secretOn(strange.text)).toHaveLength(32);
});

test('codes cannot be guessed by somebody with the password and a session: the tries are counted, however they are sent', async () => {
  const { cookie } = await signedIn(house, name);
  const { codes } = await enrolled(house, cookie);
  const guess = (code: string) =>
    form(house.app, '/account/second-factor/end', cookie, { password: PASSWORD, code });
  const answers: number[] = [];
  for (let tries = 0; tries < 11; tries += 1) answers.push((await guess('123456')).status);
  expect(answers).toEqual([...Array<number>(10).fill(403), 429]);
  // Neither a recovery code nor a form without a code gets around it.
  expect((await guess(codes[0] ?? '')).status).toBe(429);
  expect((await guess('')).status).toBe(429);
  // The owner's signing in is not held up by them.
  const owner = await form(house.app, '/sign-in', '', { name, password: PASSWORD, code: codes[1] ?? '' });
  expect(owner.status).toBe(303);
  house.time.now += 20 * 60_000;
  expect((await guess(codes[2] ?? '')).status).toBe(303);
});

test('thirty guesses at the same moment are as few as one after the other', async () => {
  const { cookie } = await signedIn(house, name);
  await enrolled(house, cookie);
  const all = await Promise.all(
    Array.from({ length: 30 }, () =>
      form(house.app, '/account/second-factor/end', cookie, { password: PASSWORD, code: '123456' }),
    ),
  );
  expect(all.filter(({ status }) => status === 403).length).toBeLessThanOrEqual(10);
});

test('codes of a set-up that its owner left half done cannot be guessed by somebody with a session', async () => {
  const { cookie } = await signedIn(house, name);
  await form(house.app, '/account/second-factor/begin', cookie, { password: PASSWORD }).expect(200);
  const guess = () => form(house.app, '/account/second-factor/confirm', cookie, { code: '123456' });
  const answers: number[] = [];
  for (let tries = 0; tries < 11; tries += 1) answers.push((await guess()).status);
  expect(answers).toEqual([...Array<number>(10).fill(403), 429]);
});
