import { EventEmitter } from 'node:events';
import type { Request, Response } from 'express';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
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

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] });
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
afterEach(() => void vi.useRealTimers());

/** The rest after a turn that took no time. */
const rest = () => vi.advanceTimersByTime(1);

test('one request of a user is worked on at a time, and the others wait in their order', () => {
  const first = ask('a', 'eve');
  const second = ask('b', 'eve');
  ask('c', 'eve');
  expect(begun).toEqual(['a']);
  first.close();
  rest();
  expect(begun).toEqual(['a', 'b']);
  second.close();
  rest();
  expect(begun).toEqual(['a', 'b', 'c']);
});

test('another user, and a stranger, wait for none of them', () => {
  for (const name of ['a', 'b', 'c']) ask(name, 'eve');
  ask('other', 'ann');
  ask('stranger', null);
  expect(begun).toEqual(['a', 'other', 'stranger']);
});

test('while more wait, the rest after a turn is as long as the turn was', () => {
  const first = ask('a', 'eve');
  ask('b', 'eve');
  vi.advanceTimersByTime(60);
  first.close();
  vi.advanceTimersByTime(59);
  expect(begun).toEqual(['a']);
  rest();
  expect(begun).toEqual(['a', 'b']);
});

test('one request after the other meets no rest', () => {
  const first = ask('a', 'eve');
  vi.advanceTimersByTime(60);
  first.close();
  vi.advanceTimersByTime(0);
  ask('b', 'eve');
  expect(begun).toEqual(['a', 'b']);
});

test('those that arrive at once wait, also where each is answered before the next one is read', () => {
  ask('a', 'eve').close();
  ask('b', 'eve').close();
  ask('c', 'eve');
  expect(begun).toEqual(['a']);
  rest();
  expect(begun).toEqual(['a', 'c']);
});

test('a request that was given up while it waited is not worked on', () => {
  const first = ask('a', 'eve');
  const givenUp = ask('b', 'eve');
  ask('c', 'eve');
  givenUp.close();
  first.close();
  rest();
  expect(begun).toEqual(['a', 'c']);
});

test('where all that waited were given up during a rest, the next request begins at once', () => {
  const first = ask('a', 'eve');
  const givenUp = ask('b', 'eve');
  first.close();
  givenUp.close();
  rest();
  ask('c', 'eve');
  expect(begun).toEqual(['a', 'c']);
});

test('a request that takes long, an upload on a slow line say, holds up no other', () => {
  const slow = ask('a', 'eve');
  ask('b', 'eve');
  ask('c', 'eve');
  vi.advanceTimersByTime(103);
  expect(begun).toEqual(['a', 'b']);
  // Its end frees no second turn.
  slow.close();
  rest();
  expect(begun).toEqual(['a', 'b']);
});
