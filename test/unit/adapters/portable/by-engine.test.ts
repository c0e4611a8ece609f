/** What the engine's statistics say of a container's processor time, and how far it can be from that. */
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { watchStats } from '../../../../server/adapters/portable/by-engine.ts';

/** An engine that says what it is given, at a clock that a test moves. */
function fakeEngine() {
  let at = 1000;
  let cpuMs = 0;
  const answer = () => ({
    cpu_stats: { cpu_usage: { total_usage: cpuMs * 1e6 } },
    memory_stats: { usage: 7 },
  });
  // The types of the library know the whole answer only.
  const container = { stats: async () => answer() } as unknown as Parameters<typeof watchStats>[0];
  const figures = watchStats(container, 1, () => at);
  return {
    /** Lets time pass, asks, and lets the answer come. */
    async after(ms: number, usedMs: number) {
      at += ms;
      cpuMs = usedMs;
      figures();
      await turn();
      return figures();
    },
  };
}

test('until the engine has said something, the clock bounds what a container has used', async () => {
  const silent = fakeEngine();
  await silent.after(60_000, 0);
  expect(await silent.after(300, 0)).toEqual({ cpuMs: 0, cpuAtMostMs: 300, memoryBytes: 7 });
  expect(await silent.after(2000, 0)).toMatchObject({ cpuMs: 0, cpuAtMostMs: 2300 });
});

test('after that, what it said and the time since then do', async () => {
  const engine = fakeEngine();
  await engine.after(0, 100);
  expect(await engine.after(600, 150)).toMatchObject({ cpuMs: 50, cpuAtMostMs: 50 });
  // It is not asked again so soon.
  expect(await engine.after(200, 350)).toMatchObject({ cpuMs: 50, cpuAtMostMs: 250 });
});

test('an engine that speaks of a container that is gone takes nothing back', async () => {
  const engine = fakeEngine();
  await engine.after(0, 100);
  await engine.after(600, 500);
  expect(await engine.after(600, 0)).toMatchObject({ cpuMs: 400, cpuAtMostMs: 1000 });
});
