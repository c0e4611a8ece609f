/** Over real HTTP, and a store that outlives the server. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Lti } from '../../../server/courses/task.ts';
import { WAITS_MS } from '../../../server/lti/grade-return-policy.ts';
import { createGradeReturns } from '../../../server/lti/grade-returns.ts';
import { baseString, type Pair, signatureOf } from '../../../server/lti/oauth.ts';
import { createPost } from '../../../server/lti/post.ts';
import type { Run, Submission } from '../../../server/model/collections.ts';
import type { GradeReturn } from '../../../server/model/lti.ts';
import type { Timer } from '../../../server/ports/clock.ts';
import type { Store } from '../../../server/ports/store.ts';
import { catalogueOf, demoCourse } from '../../support/http/course.ts';
import { outcomeWith } from '../../support/http/grading.ts';
import { done } from '../../support/live/events.ts';
import { openGradebook } from '../../support/lti.ts';
import { openTestStore } from '../../support/store/test-store.ts';

const DONE = { ...done, seq: 1, attempt: 1, at: new Date(0).toISOString() };
const SECRET = 's3cret words';
const lti: Lti = { url: null, sendBackGrade: true, secretOf: (key) => (key === 'moodle' ? SECRET : null) };
const BEGIN = Date.parse('2026-11-20T10:00:00.000Z');

let folder: string;
let store: Store;
let book: Awaited<ReturnType<typeof openGradebook>>;
let now: number;
let grade: number | null;
/** The last that the student or their group handed in. */
let handedIn: Submission | null;
let sleeping: { wake: () => void; delayMs: number } | null;
const logged: string[] = [];
let beforeAnswer: () => Promise<void>;
/** The machine may be busy with others. */
const PATIENT = { interval: 5, timeout: 20_000 };
/** Hosts that grades were sent to. */
const asked: string[] = [];
const running: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradeport-lti-'));
  store = await openTestStore(folder);
  book = await openGradebook();
  [now, grade, sleeping, handedIn] = [BEGIN, 80, null, null];
  logged.splice(0);
  asked.splice(0);
  beforeAnswer = async () => {};
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.close()));
  await book.close();
  await store.close();
  await rm(folder, { recursive: true });
});

const timer: Timer = (wake, delayMs) => {
  sleeping = { wake, delayMs };
  return () => {
    sleeping = null;
  };
};
const run = (id: string, change: Partial<Run> = {}): Run => ({
  id,
  submission: 's1',
  course: 'c1',
  task: 'hello',
  userId: 'u1',
  state: 'done',
  attempt: 1,
  failures: 0,
  queuedAt: new Date(BEGIN).toISOString(),
  startedAt: null,
  doneAt: null,
  environment: null,
  outcome: grade === null ? null : outcomeWith({ grade }),
  ...change,
});

function open(privateHosts = [book.host]) {
  const post = createPost(privateHosts);
  const say = (...said: unknown[]) => void logged.push(JSON.stringify(said));
  const returns = createGradeReturns({
    store,
    timer,
    courses: catalogueOf([{ ...demoCourse(), lti }]),
    clock: () => now,
    async post(url, ...rest) {
      asked.push(url.host);
      const answer = await post(url, ...rest);
      await beforeAnswer();
      return answer;
    },
    counted: async () => (grade === null ? null : run('counted')),
    last: async () => handedIn,
    log: { info: say, warn: say, error: say },
  });
  running.push(returns);
  return returns;
}

async function owe(change: Partial<GradeReturn> = {}): Promise<void> {
  await store.gradeReturns.insert({
    id: 's1/u1',
    submission: 's1',
    course: 'c1',
    task: 'hello',
    userId: 'u1',
    state: 'ungraded',
    serial: 0,
    tries: 0,
    place: { url: book.url, sourcedId: '{"id":<7>}', key: 'moodle' },
    nextAt: new Date(BEGIN).toISOString(),
    grade: null,
    sentAt: null,
    error: null,
    ...change,
  });
}

/** Until the store says so; there is no other sign of it. */
const becomes = (change: Partial<GradeReturn>) =>
  expect.poll(() => store.gradeReturns.get('s1/u1'), PATIENT).toMatchObject(change);

test('a grade is sent when its run is graded, signed with the secret of the course', async () => {
  await owe();
  await store.runs.insert(run('r1'));
  open().saw('r1', DONE);
  await becomes({ state: 'sent', grade: 80, sentAt: new Date(BEGIN).toISOString(), error: null });
  const [sent] = book.received;
  expect(sent?.path).toBe('/outcome?course=7');
  expect(sent?.headers['content-type']).toBe('application/xml');
  expect(sent?.body).toContain('<sourcedId>{&quot;id&quot;:&lt;7&gt;}</sourcedId>');
  expect(sent?.body).toContain('<textString>0.8</textString>');
  const header = [...(sent?.headers.authorization ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(
    ([, name = '', value = '']): Pair => [name, decodeURIComponent(value)],
  );
  const said = new Map(header);
  expect(said.get('oauth_body_hash')).toBe(
    createHash('sha1')
      .update(sent?.body ?? '')
      .digest('base64'),
  );
  const base = baseString('POST', { origin: `http://${book.host}`, path: '/outcome' }, [
    ...header,
    ['course', '7'],
  ]);
  expect(said.get('oauth_signature')).toBe(signatureOf(base, SECRET));
  expect(logged.join()).not.toContain(SECRET);
});

test("a group's grade is sent for each of its members, whatever became of the others'", async () => {
  const owedTo = (userId: string) =>
    owe({ id: `s1/${userId}`, userId, place: { url: book.url, sourcedId: userId, key: 'moodle' } });
  await Promise.all(['u1', 'u2'].map(owedTo));
  await store.runs.insert(run('r1', { userId: 'team-1' }));
  book.answers.push({ status: 500, body: '' });
  open().saw('r1', DONE);
  const stateOf = async (userId: string) => (await store.gradeReturns.get(`s1/${userId}`))?.state;
  await expect
    .poll(async () => [await stateOf('u1'), await stateOf('u2')].toSorted(), PATIENT)
    .toEqual(['sent', 'waiting']);
  await expect.poll(() => sleeping?.delayMs, PATIENT).toBe(WAITS_MS[0]);
  now += WAITS_MS[0] ?? 0;
  sleeping?.wake();
  await expect.poll(() => store.gradeReturns.count({ state: 'sent' }), PATIENT).toBe(2);
  const named = book.received.map(({ body }) => /<sourcedId>(\w+)</.exec(body)?.[1]);
  expect(named).toHaveLength(3);
  expect(new Set(named)).toEqual(new Set(['u1', 'u2']));
});

test('who comes after others of their group had handed in gets the grade then, once', async () => {
  const arrival = { course: 'c1', task: 'hello', userId: 'u1' };
  const arrive = (sourcedId: string) => {
    const returns = open();
    returns.arrived({ ...arrival, place: { url: book.url, sourcedId, key: 'moodle' } });
    return returns;
  };
  await arrive('too early').close();
  expect(await store.gradeReturns.count({})).toBe(0);
  handedIn = { id: 's1', ...arrival, userId: 'team-1', at: '', answers: {}, attempt: 0 };
  grade = null;
  const returns = arrive('while it is graded');
  await becomes({ state: 'ungraded', userId: 'u1', submission: 's1' });
  grade = 70;
  await store.runs.insert(run('r1', { userId: 'team-1' }));
  returns.saw('r1', DONE);
  await becomes({ state: 'sent', grade: 70 });
  await arrive('again').close();
  expect(book.received.map(({ body }) => /<sourcedId>([^<]+)</.exec(body)?.[1])).toEqual([
    'while it is graded',
  ]);
  expect(logged.join()).not.toContain('not noted');
});

test('a platform that fails is asked again, by the next server, and gets the grade that counts then', async () => {
  await owe();
  await store.runs.insert(run('r1'));
  book.answers.push({ status: 500, body: 'oops' });
  const first = open();
  first.saw('r1', DONE);
  await becomes({ state: 'waiting', tries: 1, error: expect.stringContaining('HTTP 500') });
  await first.close();
  await store.close();
  store = await openTestStore(folder);
  grade = 100;
  await open().start();
  // Not before its time.
  expect(book.received).toHaveLength(1);
  await expect.poll(() => sleeping?.delayMs, PATIENT).toBe(WAITS_MS[0]);
  now += WAITS_MS[0] ?? 0;
  sleeping?.wake();
  await becomes({ state: 'sent', grade: 100, tries: 1, error: null });
  expect(book.received[1]?.body).toContain('<textString>1</textString>');
});

test('a run that is graded again while its grade is on its way is sent again', async () => {
  await owe();
  await store.runs.insert(run('r1'));
  const returns = open();
  beforeAnswer = async () => {
    beforeAnswer = async () => {};
    grade = 90;
    returns.saw('r1', DONE);
    await becomes({ serial: 2 });
  };
  returns.saw('r1', DONE);
  await becomes({ state: 'sent', grade: 90 });
  expect(book.received).toHaveLength(2);
});

test('a verdict that the server did not live to note is noted by the next one', async () => {
  await owe();
  await store.runs.insert(run('r1'));
  await open().start();
  await becomes({ state: 'sent', grade: 80 });
});

test('a verdict of which no event came is found within the hour', async () => {
  await owe();
  await open().start();
  await expect.poll(() => sleeping?.delayMs, PATIENT).toBe(3_600_000);
  await store.runs.insert(run('r1'));
  sleeping?.wake();
  await becomes({ state: 'sent', grade: 80 });
});

test('a run that is not over, a debug run and one that no platform asked about send nothing', async () => {
  await owe();
  await store.runs.insert(run('r1', { state: 'running', outcome: null }));
  await store.runs.insert(run('r2', { debug: true }));
  await store.runs.insert(run('r3', { submission: 's2' }));
  const returns = open();
  await returns.start();
  returns.saw('r2', DONE);
  returns.saw('r3', DONE);
  await returns.close();
  expect(book.received).toEqual([]);
  expect(await store.gradeReturns.get('s1/u1')).toMatchObject({ state: 'ungraded' });
});

test('nothing is sent while no grade counts', async () => {
  grade = null;
  await owe();
  await store.runs.insert(run('r1'));
  open().saw('r1', DONE);
  await becomes({ state: 'ungraded', serial: 1 });
  expect(book.received).toEqual([]);
});

test('the waits grow, and end', async () => {
  await owe();
  await store.runs.insert(run('r1'));
  for (let count = 0; count <= WAITS_MS.length; count += 1) book.answers.push({ status: 503, body: '' });
  open().saw('r1', DONE);
  for (const [index, waitMs] of WAITS_MS.entries()) {
    await becomes({ state: 'waiting', tries: index + 1 });
    await expect.poll(() => sleeping === null, PATIENT).toBe(false);
    expect(waitMs).toBeGreaterThan(WAITS_MS[index - 1] ?? 0);
    now += waitMs;
    sleeping?.wake();
  }
  await becomes({ state: 'given-up', tries: WAITS_MS.length + 1 });
  expect(book.received).toHaveLength(WAITS_MS.length + 1);
  // Graded again, all begins again.
  open().saw('r1', DONE);
  await becomes({ state: 'sent', grade: 80 });
});

test.each([
  ['a redirect', { status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } }, 'redirects'],
  ['an endless answer', { status: 200, body: 'x'.repeat(70_000) }, 'more than 64 KiB'],
  ['a page', { status: 200, body: '<html>Sign in</html>' }, 'not as LTI 1.1 says'],
])('%s is not taken for success', async (_, answer, error) => {
  await owe();
  await store.runs.insert(run('r1'));
  book.answers.push(answer);
  open().saw('r1', DONE);
  await becomes({ state: 'waiting', tries: 1, error: expect.stringContaining(error) });
  expect(book.received).toHaveLength(1);
});

test.each([
  ['an address of this machine', () => book.url, 'lti.privateHosts'],
  ['a name of it', () => book.url.replace('127.0.0.1', 'localhost'), 'lti.privateHosts'],
  ['a number that means it', () => book.url.replace('127.0.0.1', '2130706433'), 'lti.privateHosts'],
  ['IPv6 around it', () => book.url.replace('127.0.0.1', '[::ffff:127.0.0.1]'), 'lti.privateHosts'],
  ['a file', () => 'file:///etc/passwd', 'none of the web'],
  ['nonsense', () => 'http://', 'none of the web'],
])('%s gets no grade', async (_, url, error) => {
  await owe({ place: { url: url(), sourcedId: 's', key: 'moodle' } });
  await store.runs.insert(run('r1'));
  open([]).saw('r1', DONE);
  await becomes({ state: 'waiting', tries: 1, error: expect.stringContaining(error) });
  expect(book.received).toEqual([]);
});

test('a platform that is away costs others nothing, and is asked once for a whole class', async () => {
  // Nobody listens there.
  const away = '127.0.0.1:1';
  const place = { url: `http://${away}/`, sourcedId: 's', key: 'moodle' };
  for (const id of ['a', 'b', 'c']) await owe({ id, place, state: 'waiting' });
  await owe({ state: 'waiting' });
  await open([away, book.host]).start();
  await becomes({ state: 'sent' });
  const tried = () =>
    store.gradeReturns.count({ tries: 1, error: `${away} cannot be reached (ECONNREFUSED)` });
  await expect.poll(tried, PATIENT).toBe(3);
  expect(asked.filter((host) => host === away)).toHaveLength(1);
});

test('a key that the course no longer has signs nothing', async () => {
  await owe({ place: { url: book.url, sourcedId: 's', key: 'gone' } });
  await store.runs.insert(run('r1'));
  open().saw('r1', DONE);
  await becomes({ tries: 1, error: expect.stringContaining('no secret for the key "gone"') });
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
