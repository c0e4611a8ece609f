/** However full the queue is of one owner, another one is among the next. */
import { expect, test } from 'vitest';
import { Rounds } from '../../../../server/adapters/queue-local/rounds.ts';

test('an owner who floods many courses at once is one owner', () => {
  const rounds = new Rounds();
  for (let at = 0; at < 500; at += 1) rounds.add(`mallory${at}`, { owner: 'mallory', course: `c${at % 50}` });
  rounds.add('ada1', { owner: 'ada', course: 'c1' });
  const order = [rounds.takeFirst(), rounds.takeFirst()].map((one) => JSON.stringify(one)).join();
  expect(order).toContain('ada1');
});

test('a course whose many students flood does not keep another course waiting for all of them', () => {
  const rounds = new Rounds();
  for (let at = 0; at < 200; at += 1)
    rounds.add(`m${at}`, { owner: `student${at % 100}`, course: 'flooded' });
  rounds.add('ada1', { owner: 'ada', course: 'quiet' });
  const taken = [rounds.takeFirst(), rounds.takeFirst()].map((one) => JSON.stringify(one)).join();
  expect(taken).toContain('ada1');
});

test('withdrawing and adding again does not move an owner to the front', () => {
  const rounds = new Rounds();
  for (let at = 0; at < 10; at += 1) rounds.add(`m${at}`, { owner: 'mallory', course: 'c' });
  rounds.takeFirst();
  rounds.add('ada1', { owner: 'ada', course: 'c' });
  for (let at = 1; at < 10; at += 1) rounds.remove(`m${at}`);
  rounds.add('again', { owner: 'mallory', course: 'c' });
  expect(JSON.stringify(rounds.takeFirst())).toContain('ada1');
});
