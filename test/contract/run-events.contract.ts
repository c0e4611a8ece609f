/** What every log of run events promises. An implementation passes by running this suite with its own `open`. */
import { describe, expect, test } from 'vitest';
import { emptyReport } from '../../grading-api/report.ts';
import { type NumberedEvent, type RunEvent, runEventSchema } from '../../server/model/run-events.ts';
import type { Following, RunEvents, RunReader } from '../../server/ports/run-events.ts';
import { done, out, starting, textOf } from '../support/live/events.ts';

type Bounds = { maxDone?: number; maxRuns?: number; maxBytes?: number };
/** Gives a fresh, empty log within these bounds, and cleans up after the test. `failures`: what its readers threw. */
export type OpenEvents = (bounds?: Bounds) => Promise<{ events: RunEvents; failures: unknown[] }>;

const NOTHING_SEEN = { attempt: 0, after: 0 };
const brief = (events: readonly NumberedEvent[]) =>
  events.map((event) => [
    `${event.attempt}.${event.seq} ${event.type}`,
    ...(event.type === 'output' ? [event.text] : []),
  ]);

function collector() {
  const heard: NumberedEvent[] = [];
  const reader: RunReader = (_runId, event) => void heard.push(event);
  return { heard, reader };
}

async function kept(events: RunEvents, runId: string, seen = NOTHING_SEEN): Promise<Following | null> {
  const story = await events.follow(runId, seen);
  story?.stop();
  return story;
}

export function runEventsContract(name: string, open: OpenEvents): void {
  describe(`the contract of run events: ${name}`, () => {
    test('events are numbered in the order of the calls, without waiting for each', async () => {
      const { events } = await open();
      const { heard, reader } = collector();
      events.subscribe(reader);
      const said: RunEvent[] = [starting(1), { type: 'started', startMs: 2 }, out('a'), out('b'), done];
      expect(await Promise.all(said.map((event) => events.append('r', event)))).toEqual([1, 2, 3, 4, 5]);
      expect(brief(heard)).toEqual([
        ['1.1 starting'],
        ['1.2 started'],
        ['1.3 output', 'a'],
        ['1.4 output', 'b'],
        ['1.5 done'],
      ]);
    });

    test('an event arrives as it was said, and is plain data', async () => {
      const { events } = await open();
      const said: RunEvent[] = [
        { type: 'queued', position: 3 },
        starting(1),
        { type: 'started', startMs: 2.5 },
        { type: 'terminal', state: 'waiting', endsAt: '2026-11-20T10:00:00.000Z' },
        out('é\u0000', 'stderr'),
        { type: 'omitted', bytes: 7 },
        { type: 'feedback', report: { ...emptyReport, text: 'so far' } },
        { type: 'requeued', reason: 'engine gone' },
        done,
      ];
      const { heard, reader } = collector();
      events.subscribe(reader);
      for (const event of said) await events.append('r', event);
      const told = heard.map(({ seq: _, at: __, ...event }) => event);
      expect(told).toMatchObject(said);
      expect(said.map((event) => runEventSchema.parse(JSON.parse(JSON.stringify(event))))).toEqual(said);
      expect(heard.map(({ at }) => new Date(at).toISOString())).toEqual(heard.map(({ at }) => at));
    });

    test('a late reader sees what is kept after the place they saw, then what comes, without a gap', async () => {
      const { events } = await open();
      for (const event of [starting(1), out('a'), out('b')]) await events.append('r', event);
      const { heard, reader } = collector();
      const story = await events.follow('r', { attempt: 1, after: 1 });
      await events.append('r', out('c'));
      story?.listen(reader);
      await events.append('other', out('not theirs'));
      await events.append('r', out('d'));
      expect(brief(story?.events ?? [])).toEqual([
        ['1.2 output', 'a'],
        ['1.3 output', 'b'],
      ]);
      expect(story?.last()).toBe('output');
      // What came before it listened was held for it.
      expect(brief(heard)).toEqual([
        ['1.4 output', 'c'],
        ['1.5 output', 'd'],
      ]);
      story?.stop();
      story?.stop();
      await events.append('r', out('e'));
      expect(heard).toHaveLength(2);
    });

    test('a reader who saw everything sees nothing twice, and an unknown run is reported as one', async () => {
      const { events } = await open();
      await events.append('r', starting(1));
      expect(await kept(events, 'r', { attempt: 1, after: 1 })).toMatchObject({ events: [] });
      expect(await kept(events, 'unknown')).toBeNull();
    });

    test('a new attempt begins anew; the one before is not heard any more', async () => {
      const { events } = await open();
      const { heard, reader } = collector();
      await events.append('r', { type: 'queued', position: null });
      (await events.follow('r', NOTHING_SEEN))?.listen(reader);
      for (const event of [starting(1), out('lost'), starting(2)]) await events.append('r', event);
      expect(await events.append('r', starting(1))).toBe(0);
      expect(brief(heard)).toEqual([['1.1 starting'], ['1.2 output', 'lost'], ['2.1 starting']]);
      const story = await kept(events, 'r', { attempt: 1, after: 2 });
      expect(brief(story?.events ?? [])).toEqual([['2.1 starting']]);
    });

    test('nothing follows "done"', async () => {
      const { events } = await open();
      await events.append('r', done);
      expect(await events.append('r', out('late'))).toBe(0);
      expect(await events.append('r', done)).toBe(0);
      expect(await kept(events, 'r')).toMatchObject({ events: [{ seq: 1, type: 'done' }] });
    });

    test('a place in the queue replaces the one before, and is one event however often it is said', async () => {
      const { events } = await open();
      const said = [2, 2, 1, 1].map((position) => events.append('r', { type: 'queued', position }));
      expect(await Promise.all(said)).toEqual([1, 0, 2, 0]);
      expect((await kept(events, 'r'))?.events).toMatchObject([{ seq: 2, type: 'queued', position: 1 }]);
    });

    test('of feedback the newest is kept, until the verdict replaces it', async () => {
      const { events } = await open();
      for (const text of ['one', 'two'])
        await events.append('r', { type: 'feedback', report: { ...emptyReport, text } });
      expect((await kept(events, 'r'))?.events).toMatchObject([{ seq: 2, report: { text: 'two' } }]);
      await events.append('r', done);
      expect(brief((await kept(events, 'r'))?.events ?? [])).toEqual([['0.3 done']]);
    });

    test('a story goes on from a stored beginning, where none is known', async () => {
      const { events } = await open();
      const seen = { attempt: 1, after: 7 };
      await events.begin('r', seen, [{ type: 'queued', position: 0 }]);
      await events.begin('r', NOTHING_SEEN, [{ type: 'queued', position: 9 }]);
      await events.append('r', { type: 'started', startMs: 1 });
      const story = await kept(events, 'r', seen);
      expect(brief(story?.events ?? [])).toEqual([['1.8 queued'], ['1.9 started']]);
    });

    test('a reader that throws harms neither the run nor the other readers', async () => {
      const { events, failures } = await open();
      const { heard, reader } = collector();
      const fails = () => {
        throw new Error('reader');
      };
      events.subscribe(fails);
      await events.append('r', starting(1));
      (await events.follow('r', NOTHING_SEEN))?.listen(fails);
      events.subscribe(reader);
      expect(await events.append('r', out('a'))).toBe(2);
      expect(heard).toHaveLength(1);
      expect(failures).toHaveLength(3);
    });

    test('readers of one run come before readers of all runs, which may take longer', async () => {
      const { events } = await open();
      const heard: string[] = [];
      events.subscribe(() => heard.push('all runs'));
      await events.append('r', starting(1));
      (await events.follow('r', NOTHING_SEEN))?.listen(() => heard.push('one run'));
      await events.append('r', out('a'));
      expect(heard.slice(1)).toEqual(['one run', 'all runs']);
    });

    test('who has stopped reading hears no more', async () => {
      const { events } = await open();
      const { heard, reader } = collector();
      const stop = events.subscribe(reader);
      stop();
      stop();
      await events.append('r', starting(1));
      expect(heard).toEqual([]);
    });

    test('of runs that are over the newest are kept, and every run that is not', async () => {
      const { events } = await open({ maxDone: 2 });
      await events.append('open', { type: 'queued', position: 0 });
      for (const run of ['a', 'b', 'c']) await events.append(run, done);
      const known = await Promise.all(['open', 'a', 'b', 'c'].map((run) => kept(events, run)));
      expect(known.map((story) => story !== null)).toEqual([true, false, true, true]);
    });

    test('it is bounded in runs', async () => {
      const { events } = await open({ maxRuns: 3 });
      for (const run of ['a', 'b', 'c', 'd']) await events.append(run, { type: 'queued', position: null });
      expect(await kept(events, 'a')).toBeNull();
      expect((await kept(events, 'd'))?.events).toHaveLength(1);
    });

    test('it is bounded in bytes over all runs; those that are over go first', async () => {
      const { events } = await open({ maxBytes: 50_000 });
      const runs = Array.from({ length: 100 }, (_, index) => `r${index}`);
      for (const run of runs)
        for (const event of [out('x'.repeat(10_000)), done]) await events.append(run, event);
      const texts = await Promise.all(
        runs.map(async (run) => textOf((await kept(events, run))?.events ?? [])),
      );
      expect(texts.join('').length).toBeLessThanOrEqual(50_000);
      expect(texts.at(-1)).toHaveLength(10_000);
    });

    test('output that it has to give up is said to be left out, with the number of bytes', async () => {
      const { events } = await open({ maxBytes: 50_000 });
      const { heard, reader } = collector();
      await events.append('r0', starting(1));
      (await events.follow('r0', NOTHING_SEEN))?.listen(reader);
      for (let count = 0; count < 3; count += 1) await events.append('r0', out('x'.repeat(5000)));
      for (let run = 1; run < 10; run += 1) await events.append(`r${run}`, out('y'.repeat(10_000)));
      await events.append('r0', out('after'));
      const story = await kept(events, 'r0');
      expect(brief(story?.events ?? [])).toEqual([
        ['1.1 starting'],
        ['1.4 omitted'],
        ['1.5 output', 'after'],
      ]);
      expect(textOf(story?.events ?? [])).toBe('[15000]after');
      // Who followed it from the beginning had it all.
      expect(textOf(heard)).toBe(`${'x'.repeat(15_000)}after`);
    });

    test('once closed it knows nothing and calls no reader', async () => {
      const { events } = await open();
      const { heard, reader } = collector();
      await events.append('r', starting(1));
      events.subscribe(reader);
      await events.close();
      expect(await kept(events, 'r')).toBeNull();
      await events.append('r', out('late'));
      expect(heard).toEqual([]);
    });
  });
}
