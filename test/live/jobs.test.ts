import { expect, test } from 'vitest';
import type { JobNews as Work } from '../../server/jobs/port.ts';
import { createJobRooms } from '../../server/site/live/job-rooms.ts';
import type { JobNews } from '../../web/events.ts';
import { ask, type Browser, sharedLiveHouse, value } from '../support/live/live-house.ts';

const room = await sharedLiveHouse();

/** A job of tess's that the test leads. */
function start() {
  const { promise, resolve } = Promise.withResolvers<{ sentence: string; environment: string | null }>();
  let news: Work | null = null;
  const { id } = room.house.jobs.start({ kind: 'build', title: 'Build x', by: 'tess' }, (given) => {
    news = given;
    return promise;
  });
  return {
    id,
    say: (line: string) => news?.line(line),
    step: (step: string) => news?.progress({ step, done: 1, total: 2 }),
    finish: () => resolve({ sentence: 'Built.', environment: 'x' }),
  };
}
const join = (socket: Browser, job: string, from = 0) =>
  ask<JobNews>((reply) => socket.emit('job:join', { job, from }, reply));
const nextNews = (socket: Browser): Promise<JobNews> =>
  new Promise((resolve) => socket.once('job:news', resolve));

test('a reader gets what was printed before, then every line once, then the end', async () => {
  const job = start();
  job.say('one');
  const socket = await room.connected(room.tess.cookie);
  const joined = value(await join(socket, job.id));
  expect(joined).toMatchObject({ lines: ['one'], next: 1, job: { state: 'running' } });
  const heard = nextNews(socket);
  job.say('two');
  job.step('RUN make');
  room.hand.fire(100);
  expect(await heard).toMatchObject({ lines: ['two'], next: 2, job: { progress: { step: 'RUN make' } } });
  const ended = nextNews(socket);
  job.finish();
  await expect.poll(() => room.house.jobs.get(job.id)?.state).toBe('done');
  room.hand.fire(100);
  expect(await ended).toMatchObject({ lines: [], job: { isOver: true, environment: { name: 'x' } } });
});

test('after a reconnection only what was missed is sent', async () => {
  const job = start();
  const first = await room.connected(room.tess.cookie);
  job.say('one');
  const { next } = value(await join(first, job.id));
  first.disconnect();
  job.say('two');
  const second = await room.connected(room.tess.cookie);
  expect(value(await join(second, job.id, next)).lines).toEqual(['two']);
  job.finish();
});

test('of a flood the last lines are sent', async () => {
  const job = start();
  const socket = await room.connected(room.tess.cookie);
  value(await join(socket, job.id));
  const heard = nextNews(socket);
  for (let number = 0; number < 1000; number++) job.say(String(number));
  room.hand.fire(100);
  const { lines, next } = await heard;
  expect(lines[0]).toBe('… 600 lines not shown live …');
  expect(lines.at(-1)).toBe('999');
  expect(next).toBe(1000);
  job.finish();
});

test('for others the job is like one that does not exist', async () => {
  const job = start();
  const none = { ok: false, error: 'There is no such job.' };
  const student = await room.connected(room.eve.cookie);
  expect(await join(student, job.id)).toEqual(none);
  expect(await join(student, 'nothing')).toEqual(none);
  job.finish();
});

test('a reader who is gone before they have joined is not listened for', () => {
  const job = start();
  let listening = 0;
  const source = {
    ...room.house.jobs,
    onChange: () => {
      listening += 1;
      return () => {
        listening -= 1;
      };
    },
  };
  const reader = room.tess.user;
  const [here, gone] = [0, 1].map(() => createJobRooms(source, room.hand.timer, () => {}));
  here?.join(reader, { job: job.id, from: 0 });
  expect(listening).toBe(1);
  here?.leaveAll();
  gone?.leaveAll();
  gone?.join(reader, { job: job.id, from: 0 });
  expect(listening).toBe(0);
  job.finish();
});
