/** The database is killed in the middle of 50 runs and started again; the server is not. */
import { randomUUID } from 'node:crypto';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { createSessions } from '../../server/people/sessions.ts';
import type { Store } from '../../server/ports/store.ts';
import { SESSION_COOKIE } from '../../server/site/door/session.ts';
import { freshDatabase, openMongoServer } from '../support/mongo/server.ts';
import { startTestServer } from '../support/server.ts';

const STUDENTS = 50;
const BEFORE = 35;
const TOKEN = 'a token that monitors send';
const LONG = { timeout: 60_000, interval: 50 };
const TASK = '/api/courses/demo/tasks/python-sum/submissions';
const RIGHT = { answers: { code: 'def total(numbers):\n    return sum(numbers)\n' } };

const database = await openMongoServer({ durable: true });
afterAll(() => database[Symbol.asyncDispose]());

/** Signed in without a password, whose hashing would take longer than the test. */
async function student(store: Store, at: number): Promise<{ id: string; cookie: string }> {
  const id = randomUUID();
  const name = `student-${at}`;
  await store.users.insert({
    id,
    name,
    displayName: name,
    passwordHash: '',
    operator: false,
    roles: { demo: 'student' },
    createdAt: new Date().toISOString(),
  });
  const token = await createSessions(store, Date.now).open(id);
  return { id, cookie: `${SESSION_COOKIE}=${token}` };
}

/** How many verdicts this process has published since it started: two of one run would count twice. */
async function verdictsOf(url: string): Promise<number> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
  const counted = (await answer.text()).matchAll(/^gradeport_runs_total\{.*\} (\d+)$/gm);
  return [...counted].reduce((sum, [, count]) => sum + Number(count), 0);
}

test('each accepted submission has exactly one verdict, pages say "one moment", readiness turns red and green', async () => {
  const { kill, restart } = database;
  if (!kill || !restart) throw new Error(`${database.name} is not for us to kill`);
  const server = await startTestServer({ store: database.url(freshDatabase()), metricsToken: TOKEN });
  onTestFinished(() => server.close());
  const { store, url } = server;
  const students = await Promise.all(Array.from({ length: STUDENTS }, (_, at) => student(store, at)));
  const status = async (path: string, headers = {}) =>
    (await fetch(`${url}${path}`, { headers, redirect: 'manual' })).status;

  /** As a careful student does: after a lost answer they look before they send it once more. */
  async function handIn({ cookie }: { cookie: string }): Promise<number> {
    const headers = { cookie, 'content-type': 'application/json' };
    for (let unsure = 0; ; unsure++) {
      if (unsure > 0) {
        const seen = await fetch(url + TASK, { headers });
        if (!seen.ok) continue;
        const submissions: unknown = await seen.json();
        if (Array.isArray(submissions) && submissions.length > 0) return unsure;
      }
      const answer = await fetch(url + TASK, { method: 'POST', headers, body: JSON.stringify(RIGHT) });
      if (answer.status === 202) return unsure;
      expect(answer.status, await answer.text()).toBe(503);
    }
  }

  const done = () => store.runs.count({ state: 'done' });
  const handedIn = students.slice(0, BEFORE).map(handIn);
  await vi.waitFor(async () => expect(await done()).toBeGreaterThan(9), LONG);
  await kill();
  // The others come while there is no database.
  handedIn.push(...students.slice(BEFORE).map(handIn));
  await vi.waitFor(async () => expect(await status('/readyz')).toBe(503), LONG);
  expect(await status('/healthz')).toBe(200);
  const [one] = students;
  const page = await fetch(`${url}/courses/demo`, { headers: { cookie: one?.cookie ?? '' } });
  expect(page.status).toBe(503);
  expect(page.headers.get('refresh')).toBe('3');
  const text = await page.text();
  expect(text).toContain('One moment');
  expect(text).not.toMatch(/mongodb:|127\.0\.0\.1|Error/);
  await restart();
  await vi.waitFor(async () => expect(await status('/readyz')).toBe(200), LONG);
  const unsure = (await Promise.all(handedIn)).filter((times) => times > 0).length;

  await vi.waitFor(async () => expect(await done()).toBeGreaterThanOrEqual(STUDENTS), LONG);
  const submissions = await store.submissions.find({});
  const runs = await store.runs.find({});
  const owners = new Set(submissions.map(({ userId }) => userId));
  const counts = {
    accepted: submissions.length,
    graded: runs.filter(({ state, outcome }) => state === 'done' && outcome?.verdict === 'success').length,
    verdicts: await verdictsOf(url),
    lost: students.filter(({ id }) => !owners.has(id)).length,
  };
  console.log(`${database.name}: ${JSON.stringify(counts)}, ${unsure} students were asked to look again`);
  expect(counts).toEqual({ accepted: STUDENTS, graded: STUDENTS, verdicts: STUDENTS, lost: 0 });
  expect(new Set(runs.map(({ submission }) => submission)).size).toBe(STUDENTS);
  expect(await status('/courses/demo', { cookie: one?.cookie })).toBe(200);
}, 180_000);
