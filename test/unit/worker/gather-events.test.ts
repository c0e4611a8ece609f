/** What an attempt says goes out in batches, in its order, and within bounds. */
import { beforeEach, describe, expect, test } from 'vitest';
import { emptyReport } from '../../../grading-api/report.ts';
import type { RunEvent } from '../../../server/model/run-events.ts';
import { createTail, splitAtByte } from '../../../server/worker/bounded-output.ts';
import { type GatherOptions, gatherEvents } from '../../../server/worker/gather-events.ts';
import { createHandTimer, done, out, starting, textOf } from '../../support/live/events.ts';

const hand = createHandTimer();
let said: RunEvent[];
beforeEach(() => {
  hand.fire();
  said = [];
});
const open = (options: GatherOptions = {}) =>
  gatherEvents((_runId, event) => void said.push(event), 'r', { timer: hand.timer, ...options });
const brief = () => said.map((event) => (event.type === 'output' ? event.text : event.type));

describe('output', () => {
  test('is gathered for 50 ms, stream by stream, and goes out before what follows it', () => {
    const { say } = open();
    for (const event of [out('a'), out('b'), out('!', 'stderr'), out('c')]) say(event);
    expect(said).toEqual([]);
    expect(hand.delays()).toEqual([50]);
    hand.fire();
    expect(said).toEqual([out('ab'), out('!', 'stderr'), out('c')]);
    say(out('d'));
    say(done);
    expect(brief()).toEqual(['ab', '!', 'c', 'd', 'done']);
    expect(hand.delays()).toEqual([]);
  });

  test('keeps its head and its tail and counts what lies between', () => {
    const { say } = open({ headBytes: 1000, tailBytes: 100 });
    const text = Array.from({ length: 500 }, (_, index) => `line ${index}\n`).join('');
    for (const line of text.match(/.{1,37}/gs) ?? []) say(out(line));
    say(done);
    const [, head = '', gap = '', tail = ''] = /^(.*)\[(\d+)\](.*)$/s.exec(textOf(said)) ?? [];
    expect(head.length).toBeGreaterThan(900);
    expect(text.startsWith(head)).toBe(true);
    expect(tail).toBe(text.slice(-100));
    expect(head.length + Number(gap) + tail.length).toBe(text.length);
    expect(said.at(-1)).toEqual(done);
  });

  test('that comes before a run is queued again keeps its tail', () => {
    const { say } = open({ headBytes: 0 });
    for (const event of [out('end'), { type: 'requeued', reason: 'x' } as const]) say(event);
    expect(brief()).toEqual(['end', 'requeued']);
  });

  test('never cuts a character and never loses one', () => {
    const { say } = open({ headBytes: 100, tailBytes: 50 });
    const text = '€uro🎉'.repeat(40);
    for (const event of [out(text), done]) say(event);
    const told = textOf(said);
    expect(told).not.toContain('\uFFFD');
    const gap = Number(/\[(\d+)\]/.exec(told)?.[1]);
    expect(Buffer.byteLength(told.replace(/\[\d+\]/, '')) + gap).toBe(Buffer.byteLength(text));
  });

  test('by default has a head of 256 KiB and a tail of 64 KiB, however it arrives', () => {
    for (const chunk of ['x', 'x'.repeat(1000), 'x'.repeat(3_000_000)]) {
      const { say } = open();
      said = [];
      for (let bytes = 0; bytes < 400_000; bytes += chunk.length) {
        say(out(chunk));
        if (chunk.length > 1 || bytes % 5 === 0) hand.fire();
      }
      say(done);
      expect(textOf(said.filter(({ type }) => type === 'output')).length).toBeLessThanOrEqual(320 * 1024);
      expect(said.length).toBeLessThan(4200);
    }
  });

  test('of a program that prints for long comes once a second', () => {
    const { say } = open();
    for (let count = 0; count < 1001; count++) {
      say(out('.'));
      hand.fire();
    }
    say(out('.'));
    expect(hand.delays()).toEqual([1000]);
  });

  test('splits texts at bytes', () => {
    expect(splitAtByte('a€b', 2)).toEqual(['a', '€b']);
    expect(splitAtByte('a€b', 4)).toEqual(['a€', 'b']);
    expect(splitAtByte('ab', 9)).toEqual(['ab', '']);
    expect(splitAtByte('ab', -1)).toEqual(['', 'ab']);
    const tail = createTail(3);
    tail.push({ type: 'output', stream: 'stdout', text: '€€' });
    expect(tail.take()).toEqual([{ type: 'omitted', bytes: 3 }, out('€')]);
    expect(tail.take()).toEqual([]);
  });
});

test('feedback goes out at once; of what comes within 50 ms after it only the newest does', () => {
  const { say } = open();
  const feedback = (text: string) => say({ type: 'feedback', report: { ...emptyReport, text } });
  for (const text of ['one', 'two', 'three']) feedback(text);
  expect(said).toMatchObject([{ report: { text: 'one' } }]);
  expect(hand.delays()).toEqual([50]);
  hand.fire();
  feedback('four');
  expect(said.slice(1)).toMatchObject([{ report: { text: 'three' } }]);
  hand.fire();
  hand.fire();
  feedback('five');
  expect(said.slice(2)).toMatchObject([{ report: { text: 'four' } }, { report: { text: 'five' } }]);
});

test('feedback does not overtake the output before it', () => {
  const { say } = open();
  say(out('before'));
  say({ type: 'feedback', report: emptyReport });
  expect(said).toEqual([]);
  hand.fire();
  expect(brief()).toEqual(['before', 'feedback']);
});

test('a terminal does not overtake the output before it', () => {
  const { say } = open();
  say(out('before'));
  say({ type: 'terminal', state: 'waiting', endsAt: null });
  expect(brief()).toEqual(['before', 'terminal']);
});

test('an attempt that is given up says nothing any more', () => {
  {
    using gatherer = open();
    gatherer.say(starting(1));
    gatherer.say(out('lost'));
  }
  hand.fire();
  expect(brief()).toEqual(['starting']);
});
