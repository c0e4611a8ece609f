import { beforeEach, describe, expect, it } from 'vitest';
import { emptyReport } from '../../grading-api/report.ts';
import { createTail, splitAtByte } from '../../server/site/live/story/bounded-output.ts';
import { createEventLog, type EventLogOptions } from '../../server/site/live/story/event-log.ts';
import { brief, createHandTimer, done, out, textOf } from '../support/live/events.ts';

const hand = createHandTimer();
const open = (options: EventLogOptions = {}) =>
  createEventLog({ timer: hand.timer, now: () => 0, ...options });

beforeEach(() => hand.fire());

describe('output', () => {
  it('is gathered for 50 ms, stream by stream, and goes out before what follows it', () => {
    const log = open();
    for (const event of [out('a'), out('b'), out('!', 'stderr'), out('c')]) log.publish('r', event);
    expect(log.since('r', 0, 0)).toEqual([]);
    expect(hand.delays()).toEqual([50]);
    hand.fire();
    log.publish('r', out('d'));
    log.publish('r', done);
    expect(brief(log.since('r', 0, 0))).toEqual([
      [0, 1, 'output', 'ab'],
      [0, 2, 'output', '!'],
      [0, 3, 'output', 'c'],
      [0, 4, 'output', 'd'],
      [0, 5, 'done'],
    ]);
    expect(hand.delays()).toEqual([]);
  });

  it('keeps its head and its tail and counts what lies between', () => {
    const log = open({ headBytes: 1000, tailBytes: 100 });
    const text = Array.from({ length: 500 }, (_, index) => `line ${index}\n`).join('');
    for (const line of text.match(/.{1,37}/gs) ?? []) log.publish('r', out(line));
    log.publish('r', done);
    const told = textOf(log.since('r', 0, 0));
    const [, head = '', gap = '', tail = ''] = /^(.*)\[(\d+)\](.*)$/s.exec(told) ?? [];
    expect(head.length).toBeGreaterThan(900);
    expect(text.startsWith(head)).toBe(true);
    expect(tail).toBe(text.slice(-100));
    expect(head.length + Number(gap) + tail.length).toBe(text.length);
  });

  it('never cuts a character and never loses one', () => {
    const log = open({ headBytes: 100, tailBytes: 50 });
    const text = '€uro🎉'.repeat(40);
    log.publish('r', out(text));
    log.publish('r', done);
    const told = textOf(log.since('r', 0, 0));
    expect(told).not.toContain('\uFFFD');
    const gap = Number(/\[(\d+)\]/.exec(told)?.[1]);
    expect(Buffer.byteLength(told.replace(/\[\d+\]/, '')) + gap).toBe(Buffer.byteLength(text));
  });

  it('by default has a head of 256 KiB and a tail of 64 KiB, however it arrives', () => {
    for (const chunk of ['x', 'x'.repeat(1000), 'x'.repeat(3_000_000)]) {
      const log = open();
      for (let bytes = 0; bytes < 400_000; bytes += chunk.length) {
        log.publish('r', out(chunk));
        if (chunk.length > 1 || bytes % 5 === 0) hand.fire();
      }
      log.publish('r', done);
      const steps = log.since('r', 0, 0) ?? [];
      const bytes = textOf(steps.filter((step) => step.type === 'output')).length;
      expect(bytes).toBeLessThanOrEqual(320 * 1024);
      expect(steps.length).toBeLessThan(4200);
    }
  });

  it('of a program that prints for long comes once a second', () => {
    const log = open();
    for (let count = 0; count < 1001; count++) {
      log.publish('r', out('.'));
      hand.fire();
    }
    log.publish('r', out('.'));
    expect(hand.delays()).toEqual([1000]);
  });

  it('splits texts at bytes', () => {
    expect(splitAtByte('a€b', 2)).toEqual(['a', '€b']);
    expect(splitAtByte('a€b', 4)).toEqual(['a€', 'b']);
    expect(splitAtByte('ab', 9)).toEqual(['ab', '']);
    expect(splitAtByte('ab', -1)).toEqual(['', 'ab']);
    const tail = createTail(3);
    tail.push({ type: 'output', stream: 'stdout', text: '€€' });
    expect(tail.take()).toEqual([
      { type: 'omitted', bytes: 3 },
      { type: 'output', stream: 'stdout', text: '€' },
    ]);
    expect(tail.take()).toEqual([]);
  });
});

describe('feedback', () => {
  it('is gathered, and only the newest is kept, until the verdict replaces it', () => {
    const log = open();
    const feedback = (text: string) =>
      log.publish('r', { type: 'feedback', report: { ...emptyReport, text } });
    feedback('one');
    feedback('two');
    hand.fire();
    feedback('three');
    hand.fire();
    expect(log.since('r', 0, 0)).toMatchObject([{ seq: 2, report: { text: 'three' } }]);
    log.publish('r', done);
    expect(brief(log.since('r', 0, 0))).toEqual([[0, 3, 'done']]);
  });
});
