/** When a grade goes to a learning platform, over real HTTP. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { WAITS_MS } from '../../../server/lti/grade-return-policy.ts';
import { baseString, type Pair, signatureOf } from '../../../server/lti/oauth.ts';
import { BEGIN, DONE, gradeReturnHouse, PATIENT, SECRET } from '../../support/lti/grade-return-house.ts';

const house = gradeReturnHouse();

test('a grade is sent when its run is graded, signed with the secret of the course', async () => {
  await house.owe();
  await house.store.runs.insert(house.run('r1'));
  house.open().saw('r1', DONE);
  await house.becomes({ state: 'sent', grade: 80, sentAt: new Date(BEGIN).toISOString(), error: null });
  const [sent] = house.book.received;
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
  const base = baseString('POST', { origin: `http://${house.book.host}`, path: '/outcome' }, [
    ...header,
    ['course', '7'],
  ]);
  expect(said.get('oauth_signature')).toBe(signatureOf(base, SECRET));
  expect(house.logged.join()).not.toContain(SECRET);
});

test("a group's grade is sent for each of its members, whatever became of the others'", async () => {
  const owedTo = (userId: string) =>
    house.owe({
      id: `s1/${userId}`,
      userId,
      place: { url: house.book.url, sourcedId: userId, key: 'moodle' },
    });
  await Promise.all(['u1', 'u2'].map(owedTo));
  await house.store.runs.insert(house.run('r1', { userId: 'team-1' }));
  house.book.answers.push({ status: 500, body: '' });
  house.open().saw('r1', DONE);
  const stateOf = async (userId: string) => (await house.store.gradeReturns.get(`s1/${userId}`))?.state;
  await expect
    .poll(async () => [await stateOf('u1'), await stateOf('u2')].toSorted(), PATIENT)
    .toEqual(['sent', 'waiting']);
  await expect.poll(() => house.sleeping?.delayMs, PATIENT).toBe(WAITS_MS[0]);
  house.now += WAITS_MS[0] ?? 0;
  house.sleeping?.wake();
  await expect.poll(() => house.store.gradeReturns.count({ state: 'sent' }), PATIENT).toBe(2);
  const named = house.book.received.map(({ body }) => /<sourcedId>(\w+)</.exec(body)?.[1]);
  expect(named).toHaveLength(3);
  expect(new Set(named)).toEqual(new Set(['u1', 'u2']));
});

test('who comes after others of their group had handed in gets the grade then, once', async () => {
  const arrival = { course: 'c1', task: 'hello', userId: 'u1' };
  const arrive = (sourcedId: string) => {
    const returns = house.open();
    returns.arrived({ ...arrival, place: { url: house.book.url, sourcedId, key: 'moodle' } });
    return returns;
  };
  await arrive('too early').close();
  expect(await house.store.gradeReturns.count({})).toBe(0);
  house.handedIn = { id: 's1', ...arrival, userId: 'team-1', at: '', answers: {}, attempt: 0 };
  house.grade = null;
  const returns = arrive('while it is graded');
  await house.becomes({ state: 'ungraded', userId: 'u1', submission: 's1' });
  house.grade = 70;
  await house.store.runs.insert(house.run('r1', { userId: 'team-1' }));
  returns.saw('r1', DONE);
  await house.becomes({ state: 'sent', grade: 70 });
  await arrive('again').close();
  expect(house.book.received.map(({ body }) => /<sourcedId>([^<]+)</.exec(body)?.[1])).toEqual([
    'while it is graded',
  ]);
  expect(house.logged.join()).not.toContain('not noted');
});

test('a run that is graded again while its grade is on its way is sent again', async () => {
  await house.owe();
  await house.store.runs.insert(house.run('r1'));
  const returns = house.open();
  house.beforeAnswer = async () => {
    house.beforeAnswer = async () => {};
    house.grade = 90;
    returns.saw('r1', DONE);
    await house.becomes({ serial: 2 });
  };
  returns.saw('r1', DONE);
  await house.becomes({ state: 'sent', grade: 90 });
  expect(house.book.received).toHaveLength(2);
});

test('a verdict that the server did not live to note is noted by the next one', async () => {
  await house.owe();
  await house.store.runs.insert(house.run('r1'));
  await house.open().start();
  await house.becomes({ state: 'sent', grade: 80 });
});

test('a verdict of which no event came is found within the hour', async () => {
  await house.owe();
  await house.open().start();
  await expect.poll(() => house.sleeping?.delayMs, PATIENT).toBe(3_600_000);
  await house.store.runs.insert(house.run('r1'));
  house.sleeping?.wake();
  await house.becomes({ state: 'sent', grade: 80 });
});

test('a run that is not over, a debug run and one that no platform asked about send nothing', async () => {
  await house.owe();
  await house.store.runs.insert(house.run('r1', { state: 'running', outcome: null }));
  await house.store.runs.insert(house.run('r2', { debug: true }));
  await house.store.runs.insert(house.run('r3', { submission: 's2' }));
  const returns = house.open();
  await returns.start();
  returns.saw('r2', DONE);
  returns.saw('r3', DONE);
  await returns.close();
  expect(house.book.received).toEqual([]);
  expect(await house.store.gradeReturns.get('s1/u1')).toMatchObject({ state: 'ungraded' });
});

test('nothing is sent while no grade counts', async () => {
  house.grade = null;
  await house.owe();
  await house.store.runs.insert(house.run('r1'));
  house.open().saw('r1', DONE);
  await house.becomes({ state: 'ungraded', serial: 1 });
  expect(house.book.received).toEqual([]);
});

test.each([0, 1, 3])(
  'a grade that was noted after %i tries, by a clock that was ahead, is sent at the next start',
  async (tries) => {
    const wait = WAITS_MS[tries - 1] ?? 0;
    const nextAt = new Date(BEGIN + wait + 3_600_000).toISOString();
    await house.owe({ state: 'waiting', tries, nextAt });
    await house.store.runs.insert(house.run('r1'));
    await house.open().start();
    await house.becomes({ state: 'sent', grade: 80 });
  },
);

test('a grade that waits for its next try waits on after a start', async () => {
  const nextAt = new Date(BEGIN + (WAITS_MS[0] ?? 0)).toISOString();
  await house.owe({ state: 'waiting', tries: 1, nextAt });
  await house.store.runs.insert(house.run('r1'));
  await house.open().start();
  await expect.poll(() => house.sleeping?.delayMs, PATIENT).toBe(WAITS_MS[0]);
  expect(house.book.received).toEqual([]);
});
