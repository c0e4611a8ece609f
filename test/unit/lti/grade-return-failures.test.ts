/** Learning platforms that fail, refuse, or are not where they should be: over real HTTP, and a store that outlives the server. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { WAITS_MS } from '../../../server/lti/grade-return-policy.ts';
import { createPost } from '../../../server/lti/post.ts';
import { GradeportError } from '../../../server/rules/errors.ts';
import { onStopped, type StoppedAttack } from '../../../server/rules/stopped-attacks.ts';
import { DONE, gradeReturnHouse, PATIENT } from '../../support/lti/grade-return-house.ts';

const house = gradeReturnHouse();

test('a platform that fails is asked again, by the next server, and gets the grade that counts then', async () => {
  await house.owe();
  await house.store.runs.insert(house.run('r1'));
  house.book.answers.push({ status: 500, body: 'oops' });
  const first = house.open();
  first.saw('r1', DONE);
  await house.becomes({ state: 'waiting', tries: 1, error: expect.stringContaining('HTTP 500') });
  await first.close();
  await house.reopenStore();
  house.grade = 100;
  await house.open().start();
  // Not before its time.
  expect(house.book.received).toHaveLength(1);
  await expect.poll(() => house.sleeping?.delayMs, PATIENT).toBe(WAITS_MS[0]);
  house.now += WAITS_MS[0] ?? 0;
  house.sleeping?.wake();
  await house.becomes({ state: 'sent', grade: 100, tries: 1, error: null });
  expect(house.book.received[1]?.body).toContain('<textString>1</textString>');
});

test('the waits grow, and end', async () => {
  await house.owe();
  await house.store.runs.insert(house.run('r1'));
  for (let count = 0; count <= WAITS_MS.length; count += 1)
    house.book.answers.push({ status: 503, body: '' });
  house.open().saw('r1', DONE);
  for (const [index, waitMs] of WAITS_MS.entries()) {
    await house.becomes({ state: 'waiting', tries: index + 1 });
    await expect.poll(() => house.sleeping === null, PATIENT).toBe(false);
    expect(waitMs).toBeGreaterThan(WAITS_MS[index - 1] ?? 0);
    house.now += waitMs;
    house.sleeping?.wake();
  }
  await house.becomes({ state: 'given-up', tries: WAITS_MS.length + 1 });
  expect(house.book.received).toHaveLength(WAITS_MS.length + 1);
  // Graded again, all begins again.
  house.open().saw('r1', DONE);
  await house.becomes({ state: 'sent', grade: 80 });
});

test.each([
  ['a redirect', { status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } }, 'redirects'],
  ['an endless answer', { status: 200, body: 'x'.repeat(70_000) }, 'more than 64 KiB'],
  ['a page', { status: 200, body: '<html>Sign in</html>' }, 'not as LTI 1.1 says'],
])('%s is not taken for success', async (_, answer, error) => {
  await house.owe();
  await house.store.runs.insert(house.run('r1'));
  house.book.answers.push(answer);
  house.open().saw('r1', DONE);
  await house.becomes({ state: 'waiting', tries: 1, error: expect.stringContaining(error) });
  expect(house.book.received).toHaveLength(1);
});

test.each([
  ['an address of this machine', () => house.book.url, 'lti.privateHosts'],
  ['a name of it', () => house.book.url.replace('127.0.0.1', 'localhost'), 'lti.privateHosts'],
  ['a number that means it', () => house.book.url.replace('127.0.0.1', '2130706433'), 'lti.privateHosts'],
  ['IPv6 around it', () => house.book.url.replace('127.0.0.1', '[::ffff:127.0.0.1]'), 'lti.privateHosts'],
  ['a file', () => 'file:///etc/passwd', 'none of the web'],
  ['nonsense', () => 'http://', 'none of the web'],
])('%s gets no grade', async (_, url, error) => {
  await house.owe({ place: { url: url(), sourcedId: 's', key: 'moodle' } });
  await house.store.runs.insert(house.run('r1'));
  house.open([]).saw('r1', DONE);
  await house.becomes({ state: 'waiting', tries: 1, error: expect.stringContaining(error) });
  expect(house.book.received).toEqual([]);
});

test('an address within the network that was asked for is reported to the operator', async () => {
  const stopped: StoppedAttack[] = [];
  onTestFinished(onStopped((attack) => stopped.push(attack)));
  const post = createPost([], 50);
  const never = new AbortController().signal;
  for (const url of ['http://169.254.169.254/latest', 'http://[fe80::1]/'])
    await expect(post(new URL(url), {}, '', never)).rejects.toThrow('private address');
  expect(stopped).toEqual([
    { kind: 'network', why: expect.stringContaining('169.254.169.254') },
    { kind: 'network', why: expect.stringContaining('[fe80::1]') },
  ]);
});

test('a platform that is away costs others nothing, and is asked once for a whole class', async () => {
  // No server listens there.
  const away = '127.0.0.1:1';
  const place = { url: `http://${away}/`, sourcedId: 's', key: 'moodle' };
  for (const id of ['a', 'b', 'c']) await house.owe({ id, place, state: 'waiting' });
  await house.owe({ state: 'waiting' });
  await house.open([away, house.book.host]).start();
  await house.becomes({ state: 'sent' });
  const tried = () =>
    house.store.gradeReturns.count({ tries: 1, error: `${away} cannot be reached (ECONNREFUSED)` });
  await expect.poll(tried, PATIENT).toBe(3);
  expect(house.asked.filter((host) => host === away)).toHaveLength(1);
});

test('a key that the course no longer has signs nothing', async () => {
  await house.owe({ place: { url: house.book.url, sourcedId: 's', key: 'gone' } });
  await house.store.runs.insert(house.run('r1'));
  house.open().saw('r1', DONE);
  await house.becomes({ tries: 1, error: expect.stringContaining('no secret for the key "gone"') });
});

test('a platform that does not answer holds nothing up for ever', async () => {
  const mute = createServer(() => {}).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const { port } = mute.address() as AddressInfo;
  const post = createPost([`127.0.0.1:${port}`], 50);
  const asked = post(new URL(`http://127.0.0.1:${port}/`), {}, '', new AbortController().signal);
  await expect(asked).rejects.toThrow(`127.0.0.1:${port} did not answer within 50 ms`);
  mute.close();
});

test('a verdict whose event was missed is noticed within seconds, without a restart', async () => {
  await house.owe();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  await house.open().start();
  const doneAt = new Date(house.now).toISOString();
  await house.store.runs.insert(house.run('r1', { doneAt }));
  await vi.advanceTimersByTimeAsync(15_000);
  vi.useRealTimers();
  await house.becomes({ state: 'sent', grade: 80 });
});

test('a grade that cannot be noted because the database is busy is noted and sent once it is free', async () => {
  await house.owe();
  await house.store.runs.insert(house.run('r1'));
  const { store } = house;
  let refusals = 2;
  const gradeReturns: typeof store.gradeReturns = {
    ...store.gradeReturns,
    updateMany: (...given) =>
      refusals-- > 0
        ? Promise.reject(new GradeportError('busy', 'busy'))
        : store.gradeReturns.updateMany(...given),
  };
  const busy = { ...store, gradeReturns, patient: () => busy } as typeof store;
  house.store = busy;
  house.open().saw('r1', DONE);
  house.store = store;
  await house.becomes({ state: 'sent', grade: 80 });
});
