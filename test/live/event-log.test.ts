import { beforeEach, describe, expect, it } from 'vitest';
import { createEventLog, type EventLogOptions } from '../../server/site/live/story/event-log.ts';
import type { LogStep } from '../../server/site/live/story/steps.ts';
import { brief, createHandTimer, done, out, starting, textOf } from '../support/live/events.ts';

const hand = createHandTimer();
const open = (options: EventLogOptions = {}) =>
  createEventLog({ timer: hand.timer, now: () => 0, ...options });

beforeEach(() => hand.fire());

describe('steps', () => {
  it('are numbered from 1, and those after a position are told again', () => {
    const log = open();
    log.publish('r', { type: 'queued' });
    log.publish('r', starting(1));
    log.publish('r', { type: 'started', startMs: 2 });
    expect(brief(log.since('r', 0, 0))).toEqual([
      [1, 1, 'starting'],
      [1, 2, 'started'],
    ]);
    expect(brief(log.since('r', 1, 1))).toEqual([[1, 2, 'started']]);
    expect(log.since('r', 1, 2)).toEqual([]);
    expect(log.since('other', 0, 0)).toBeNull();
  });

  it('start again with a higher attempt; a lower one is not heard', () => {
    const log = open();
    const heard: LogStep[] = [];
    log.subscribe('r', (step) => heard.push(step));
    log.publish('r', starting(1));
    log.publish('r', out('lost'));
    log.publish('r', { type: 'requeued', reason: 'engine gone' });
    log.publish('r', starting(2));
    log.publish('r', starting(1));
    expect(brief(heard)).toEqual([
      [1, 1, 'starting'],
      [1, 2, 'output', 'lost'],
      [1, 3, 'requeued'],
      [2, 1, 'starting'],
    ]);
    expect(brief(log.since('r', 1, 2))).toEqual([[2, 1, 'starting']]);
  });

  it('end with done', () => {
    const log = open();
    log.publish('r', done);
    log.publish('r', out('late'));
    log.publish('r', done);
    hand.fire();
    expect(brief(log.since('r', 0, 0))).toEqual([[0, 1, 'done']]);
  });

  it('stop for whoever has left', () => {
    const log = open();
    const heard: LogStep[] = [];
    const stop = log.subscribe('r', (step) => heard.push(step));
    stop();
    stop();
    log.publish('r', starting(1));
    expect(heard).toEqual([]);
  });

  it('tell a new place in the queue once, instead of the one before', () => {
    const log = open();
    log.publish('r', { type: 'queued', position: 2 });
    log.moved('r', 2);
    log.moved('r', 1);
    log.moved('unknown', 1);
    expect(log.since('r', 0, 0)).toMatchObject([{ seq: 2, type: 'queued', position: 1 }]);
  });

  it('go on from a stored beginning', () => {
    const log = open();
    log.seed('r', 1, [{ type: 'queued', position: 0 }], 7);
    log.seed('r', 1, [{ type: 'queued', position: 0 }]);
    log.publish('r', { type: 'started', startMs: 1 });
    expect(brief(log.since('r', 1, 7))).toEqual([
      [1, 8, 'queued'],
      [1, 9, 'started'],
    ]);
  });
});

describe('memory', () => {
  it('keeps the newest runs that are over, and every run that is not', () => {
    const log = open({ maxDone: 2 });
    log.publish('open', { type: 'queued' });
    for (const run of ['a', 'b', 'c']) log.publish(run, done);
    expect(['open', 'a', 'b', 'c'].map((run) => log.since(run, 0, 0) !== null)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('is bounded in bytes over all runs', () => {
    const log = open({ maxBytes: 50_000 });
    for (let run = 0; run < 100; run++) {
      log.publish(`r${run}`, out('x'.repeat(10_000)));
      log.publish(`r${run}`, done);
    }
    const kept = Array.from({ length: 100 }, (_, run) => textOf(log.since(`r${run}`, 0, 0)).length);
    expect(kept.reduce((sum, bytes) => sum + bytes)).toBeLessThanOrEqual(50_000);
    expect(kept.at(-1)).toBe(10_000);
    const busy = open({ maxBytes: 50_000, tailBytes: 100 });
    for (let run = 0; run < 100; run++) {
      busy.publish(`r${run}`, out('x'.repeat(10_000)));
      hand.fire();
    }
    const heard: LogStep[] = [];
    busy.subscribe('r99', (step) => heard.push(step));
    busy.publish('r99', done);
    expect(textOf(heard)).toBe(`[9900]${'x'.repeat(100)}`);
  });

  it('is bounded in runs', () => {
    const log = open({ maxRuns: 3 });
    for (const run of ['a', 'b', 'c', 'd']) log.publish(run, { type: 'queued' });
    expect(log.since('a', 0, 0)).toBeNull();
    expect(log.since('d', 0, 0)).toHaveLength(1);
    log.close();
    expect(log.since('d', 0, 0)).toBeNull();
  });
});
