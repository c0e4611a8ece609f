import { EventEmitter } from 'node:events';
import type { Request, Response } from 'express';
import { beforeEach, expect, test, vi } from 'vitest';
import { takeTurns } from '../../../../server/site/door/turns.ts';

/** As much of an answer as turns look at. */
class Answer extends EventEmitter {
  closed = false;
  close() {
    this.closed = true;
    this.emit('close');
  }
}

let begun: string[];
let ask: (name: string, user: string | null) => Answer;
const immediate = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  begun = [];
  const users = new WeakMap<object, string | null>();
  const turns = takeTurns((res) => users.get(res) ?? null);
  ask = (name, user) => {
    const answer = new Answer();
    users.set(answer, user);
    turns({} as Request, answer as unknown as Response, () => void begun.push(name));
    return answer;
  };
});

test('two requests of a user are worked on at once, and the others wait in their order', async () => {
  const first = ask('a', 'eve');
  const second = ask('b', 'eve');
  ask('c', 'eve');
  ask('d', 'eve');
  expect(begun).toEqual(['a', 'b']);
  second.close();
  await immediate();
  expect(begun).toEqual(['a', 'b', 'c']);
  first.close();
  await immediate();
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
});

test('another user, and a stranger, wait for none of them', () => {
  for (const name of ['a', 'b', 'c']) ask(name, 'eve');
  ask('other', 'ann');
  ask('stranger', null);
  expect(begun).toEqual(['a', 'b', 'other', 'stranger']);
});

test('what others ask meanwhile comes before the next request of the user', async () => {
  const first = ask('a', 'eve');
  ask('b', 'eve');
  ask('c', 'eve');
  first.close();
  ask('other', 'ann');
  await immediate();
  expect(begun).toEqual(['a', 'b', 'other', 'c']);
});

test('a request that was given up while it waited is not worked on', async () => {
  const first = ask('a', 'eve');
  const second = ask('b', 'eve');
  const givenUp = ask('c', 'eve');
  const next = ask('d', 'eve');
  first.close();
  givenUp.close();
  await immediate();
  second.close();
  await immediate();
  next.close();
  ask('e', 'eve');
  ask('f', 'eve');
  expect(begun).toEqual(['a', 'b', 'd', 'e', 'f']);
});

test('a request that takes long, an upload on a slow line say, holds up no other', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const slow = ask('a', 'eve');
  ask('b', 'eve');
  ask('c', 'eve');
  ask('d', 'eve');
  vi.advanceTimersByTime(500);
  vi.useRealTimers();
  await immediate();
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
  // Its end frees no second turn.
  slow.close();
  ask('e', 'eve');
  await immediate();
  expect(begun).not.toContain('e');
});
