/** The rules of the pool, on an engine that is scripted: which slot a run gets, what is made ahead, what is thrown away. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { packMessage } from '../../../../grading-api/frames.ts';
import { PROJECT_FOLDER } from '../../../../server/config/config.ts';
import type { Placement } from '../../../../server/environments/discovery/placement.ts';
import { createSlotPool, type SlotPool } from '../../../../server/execution/slots/slot-pool.ts';
import type { ContainerEnd, ContainerSpec } from '../../../../server/ports/engine/containers.ts';
import { defaultLimits } from '../../../../server/rules/limits.ts';
import { fakeContainers } from '../../../support/engine-ports.ts';
import { environmentNamed, placeOf } from '../../../support/stand-ins.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-pool-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Containers that say "ready" at once, or nothing; what was started and what still runs can be asked. */
function scriptedEngine(isSilent: () => boolean) {
  const running = new Map<string, { spec: ContainerSpec; end(): void }>();
  let started = 0;
  const containers = fakeContainers({
    async start(spec, output) {
      started += 1;
      const id = `c${started}`;
      const ended = Promise.withResolvers<ContainerEnd>();
      const end = () => ended.resolve({ exitCode: 0, outOfMemory: false });
      running.set(id, { spec, end });
      setImmediate(() =>
        isSilent()
          ? null
          : output.stdout(
              packMessage({ type: 'ready', protocol: 1, studentBytes: spec.policy.resourceLimits.fsize }),
            ),
      );
      return {
        id,
        write: () => {},
        ended: ended.promise,
        usage: async () => null,
        uncounted: [],
        halt: async () => false,
        async remove() {
          running.delete(id);
          end();
        },
      };
    },
  });
  return { containers, running, started: () => started };
}

const request = (name: string, change?: Partial<Placement>) => ({
  place: placeOf(name, change),
  common: null,
});

let pool: SlotPool | null = null;
function openPool(config: { maxIdle?: number; maxMemoryBytes?: number } = {}, isSilent = () => false) {
  const scripted = scriptedEngine(isSilent);
  const installation = { instance: 'test', apiFolder: join(PROJECT_FOLDER, 'grading-api') };
  pool = createSlotPool(
    { containers: scripted.containers, installation, runsFolder: join(folder, 'runs') },
    { maxIdle: 4, maxMemoryBytes: 64 * 2 ** 30, idleMs: 60_000, ...config },
    pino({ level: 'silent' }),
    Date.now,
  );
  return { pool, ...scripted };
}
afterEach(async () => {
  await pool?.close();
});
/** A slot is made by several steps of the disk, which a busy machine takes its time for. */
const soon = (look: () => void) => vi.waitFor(look, { timeout: 20_000 });
const settled = (given: SlotPool) =>
  soon(() =>
    expect(given.stats()).toMatchObject({ opening: 0, idle: expect.toSatisfy((idle: number) => idle > 0) }),
  );

test('the first run waits for its slot, the next one finds one ready, and none is used twice', async () => {
  const { pool: given } = openPool();
  const first = await given.take(request('a'));
  await settled(given);
  const second = await given.take(request('a'));
  expect(second.workspace.task).not.toBe(first.workspace.task);
  expect(given.stats()).toMatchObject({ hits: 1, misses: 1 });
  for (const slot of [first, second]) await slot[Symbol.asyncDispose]();
});

test('a slot made for other limits is no slot for this run', async () => {
  const { pool: given } = openPool();
  await using _first = await given.take(request('a'));
  await settled(given);
  await using _other = await given.take(request('a', { limits: { ...defaultLimits, memoryBytes: 2 ** 26 } }));
  expect(given.stats()).toMatchObject({ hits: 0, misses: 2 });
});

test('no more slots wait than there may be, by number and by memory', async () => {
  const many = openPool({ maxIdle: 2 });
  for (let run = 0; run < 6; run += 1) await (await many.pool.take(request('a')))[Symbol.asyncDispose]();
  await settled(many.pool);
  expect(many.pool.stats().idle).toBeLessThanOrEqual(2);
  await many.pool.close();
  const small = openPool({ maxMemoryBytes: defaultLimits.memoryBytes });
  for (let run = 0; run < 6; run += 1) await (await small.pool.take(request('a')))[Symbol.asyncDispose]();
  await settled(small.pool);
  expect(small.pool.stats().idle).toBe(1);
});

test('runs that use student containers get slots that have them, also after one that used none', async () => {
  const { pool: given } = openPool();
  const run = async (students: number) => {
    const slot = await given.take(request('a'));
    for (let count = 0; count < students; count += 1) await slot.student(placeOf('a'));
    await slot[Symbol.asyncDispose]();
    await settled(given);
    return slot.studentsAhead;
  };
  await run(1);
  expect(await run(1)).toBe(1);
  await run(0);
  expect(await run(1)).toBe(1);
});

test('a waiting slot whose container ends is thrown away and replaced', async () => {
  const { pool: given, running } = openPool();
  await (await given.take(request('a')))[Symbol.asyncDispose]();
  await settled(given);
  const before = new Set(running.keys());
  for (const { end } of running.values()) end();
  // Not "none waits": the next one may be made before anybody looks.
  await soon(() => expect([...running.keys()].filter((id) => before.has(id))).toEqual([]));
  await using _slot = await given.take(request('a'));
  expect(running.size).toBeGreaterThan(0);
  expect([...running.keys()].filter((id) => before.has(id))).toEqual([]);
});

test('slots of a revision that is gone do not wait any longer', async () => {
  const { pool: given, running } = openPool();
  await (await given.take(request('a')))[Symbol.asyncDispose]();
  await settled(given);
  given.keepOnly(new Set(['sha256:b']));
  expect(given.stats()).toMatchObject({ idle: 0, keys: [] });
  await soon(() => expect(running.size).toBe(0));
});

test('a slot that is being made while its revision goes is thrown away when it is ready', async () => {
  const { pool: given, running, started } = openPool();
  await (await given.take(request('a')))[Symbol.asyncDispose]();
  expect(given.stats().opening).toBe(1);
  given.keepOnly(new Set(['sha256:b']));
  await soon(() => expect([started(), running.size]).toEqual([2, 0]));
});

test('what needs a GPU never waits for a run', async () => {
  const { pool: given } = openPool();
  const gpu = placeOf('a', { environment: environmentNamed('a', { needGpu: true }) });
  await (await given.take({ place: gpu, common: null }))[Symbol.asyncDispose]();
  expect(given.stats()).toMatchObject({ idle: 0, opening: 0 });
});

test('a run that is stopped does not wait for a silent container, made for it or ahead', async () => {
  const silence = { on: false };
  const { pool: given, running, started } = openPool({}, () => silence.on);
  const stop = new AbortController();
  silence.on = true;
  const first = given.take(request('a'), stop.signal);
  await soon(() => expect(started()).toBe(1));
  stop.abort();
  await expect(first).rejects.toMatchObject({ code: 'conflict' });
  await soon(() => expect(running.size).toBe(0));
  silence.on = false;
  await using _good = await given.take(request('a'));
  silence.on = true;
  // Another slot is being made now, and says nothing.
  await soon(() => expect(started()).toBe(3));
  const stopLater = new AbortController();
  const second = given.take(request('a'), stopLater.signal);
  stopLater.abort();
  await expect(second).rejects.toMatchObject({ code: 'conflict' });
  expect(started()).toBe(3);
});

test('closing does not wait for a silent container', async () => {
  const silence = { on: false };
  const { pool: given, running } = openPool({}, () => silence.on);
  const slot = await given.take(request('a'));
  silence.on = true;
  void slot.student(placeOf('a')).catch(() => {});
  await soon(() => expect(given.stats().opening).toBe(1));
  await slot[Symbol.asyncDispose]();
  await given.close();
  await soon(() => expect(running.size).toBe(0));
});

test('closing leaves no container', async () => {
  const { pool: given, running } = openPool();
  await (await given.take(request('a')))[Symbol.asyncDispose]();
  await settled(given);
  await given.close();
  expect(running.size).toBe(0);
});
