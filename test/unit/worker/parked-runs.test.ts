import { expect, test } from 'vitest';
import { createWorkPlaces } from '../../../server/worker/parked-runs.ts';

const never = () => expect.unreachable();

test('a run keeps its place until it is over', async () => {
  const places = createWorkPlaces();
  const job = Promise.withResolvers<void>();
  let over = false;
  const work = places
    .work('r', () => job.promise, never)
    .then(() => {
      over = true;
    });
  await Promise.resolve();
  expect(over).toBe(false);
  job.resolve();
  await work;
});

test('a run that waits for a person gives its place back and is still waited for at the end', async () => {
  const places = createWorkPlaces();
  const job = Promise.withResolvers<void>();
  const work = places.work('r', () => job.promise, never);
  places.waitsForPerson('r');
  await work;
  let settled = false;
  const end = places.settled().then(() => {
    settled = true;
  });
  await Promise.resolve();
  expect(settled).toBe(false);
  job.resolve();
  await end;
});

test('a failure is the queue’s to know before, and asked for again after', async () => {
  const places = createWorkPlaces();
  await expect(places.work('a', () => Promise.reject(new Error('x')), never)).rejects.toThrow('x');
  const job = Promise.withResolvers<void>();
  const again = Promise.withResolvers<void>();
  const work = places.work('b', () => job.promise, again.resolve);
  places.waitsForPerson('b');
  await work;
  job.reject(new Error('y'));
  await again.promise;
  await places.settled();
});

test('no more than twenty do without a place', async () => {
  const places = createWorkPlaces();
  const jobs = Array.from({ length: 21 }, () => Promise.withResolvers<void>());
  let given = 0;
  const works = jobs.map(({ promise }, index) =>
    places
      .work(`r${index}`, () => promise, never)
      .then(() => {
        given += 1;
      }),
  );
  for (const index of jobs.keys()) {
    places.waitsForPerson(`r${index}`);
    if (index < 20) await works[index];
  }
  expect(given).toBe(20);
  for (const job of jobs) job.resolve();
  await Promise.all(works);
});
