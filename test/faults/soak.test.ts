/**
 * Some hundred runs while server, engine and what stands beside containers are killed at random moments. Nothing may be
 * lost, every run gets the one verdict it must get, nothing is left behind: no container, folder, mount or process.
 * The engine is the test's own.
 * SOAK_RUNS (default 200) and SOAK_SEED change it; the seed is printed.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { openStoreBesideServer } from '../../server/adapters/open-store.ts';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { installDemoCourse } from '../../server/first-start/demo-course.ts';
import { instanceOf } from '../../server/main/all-in-one.ts';
import { INSTANCE_LABEL } from '../../server/ports/engine/container-labels.ts';
import type { Store } from '../../server/ports/store.ts';
import { type ApiUser, signIn, submitTo } from '../support/api.ts';
import { startedDirectly } from '../support/machine.ts';
import { openPrivateEngine, type PrivateEngine } from '../support/private-engine.ts';
import { cli, type ServerProcess, serve } from '../support/processes.ts';

const RUNS = Number(process.env['SOAK_RUNS'] ?? 200);
const SEED = Number(process.env['SOAK_SEED'] ?? Date.now() % 100_000);
const PASSWORD = 'long enough';
const STUDENTS = Array.from({ length: 8 }, (_, index) => `s${index}`);
const RIGHT = {
  code: 'def total(numbers):\n    result = 0\n    for n in numbers:\n        result += n\n    return result\n',
};
const WRONG = { code: 'def total(numbers):\n    return -1\n' };
/** Of those that the demo course's tasks here are graded in. */
const IMAGES = ['gradeport/default:latest'];

/** Park and Miller's generator: the same seed kills at the same moments. */
function createRandom(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

const random = createRandom(SEED);
const data = mkdtempSync(join(tmpdir(), 'gradeport-soak-'));
const cgroupsBefore = startedDirectly(inject('testRun'));
const expected = new Map<string, string>();
const kills: Record<string, number> = { server: 0, shim: 0, engine: 0 };
let store: Store;
let ownEngine: PrivateEngine;

beforeAll(async () => {
  ownEngine = await openPrivateEngine(IMAGES);
  process.env['DOCKER_HOST'] = ownEngine.host;
  await installDemoCourse(PROJECT_FOLDER, join(data, 'courses'));
  for (const name of STUDENTS) {
    await cli(['user', 'add', name, '--course', 'demo', '--password-stdin', '--data', data], {
      stdin: `${PASSWORD}\n`,
    });
  }
  store = await openStoreBesideServer({ data, store: null });
});
afterAll(async () => {
  await store.close();
  await ownEngine[Symbol.asyncDispose]();
  rmSync(data, { recursive: true });
});

const start = (port = '0') =>
  serve(['--data', data, '--port', port, '--log-level', 'silent', '--concurrency', '4']);

/** Submits whenever the student has nothing waiting; a killed server just means: again. */
async function student(name: string, url: () => string, left: { runs: number }): Promise<void> {
  let user: ApiUser | null = null;
  while (left.runs > 0) {
    try {
      user ??= await signIn(url(), name, PASSWORD);
      const right = random() < 0.5;
      const run = await submitTo(user, 'python-sum', right ? RIGHT : WRONG);
      left.runs -= 1;
      expected.set(run, right ? 'success' : 'failed');
    } catch {
      await pause(50); // still being graded, or the server is away
    }
  }
}

async function ourContainers() {
  const engine = openEngine();
  try {
    return await engine.containers.list(INSTANCE_LABEL, await instanceOf(data));
  } finally {
    await engine.close();
  }
}

/** Command lines of shims whose container the engine does not know. */
async function lostShims(): Promise<string[]> {
  const known = await ourContainers();
  const shims = [...ownEngine.processes().values()].filter((command) => command.includes('containerd-shim'));
  return shims.filter((command) => !known.some(({ id }) => command.includes(id)));
}

/** What stands beside a container; while an engine starts there may be none. */
async function killShim(): Promise<void> {
  const ours = await vi.waitFor(
    async () => {
      const found = await ourContainers();
      expect(found).not.toEqual([]);
      return found;
    },
    { timeout: 30_000, interval: 20 },
  );
  const victim = ours[Math.floor(random() * ours.length)];
  if (!victim) return;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const command = existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';
    if (!/containerd-shim|run\0--bundle/.test(command) || !command.includes(victim.id)) continue;
    kills['shim'] = (kills['shim'] ?? 0) + 1;
    process.kill(Number(pid), 'SIGKILL');
  }
}

async function killEngine(): Promise<void> {
  kills['engine'] = (kills['engine'] ?? 0) + 1;
  await ownEngine.restart();
}

test(`a soak of ${RUNS} runs (seed ${SEED}) loses nothing and leaves nothing`, async () => {
  await using servers = new AsyncDisposableStack();
  let server: ServerProcess = servers.use(await start());
  const port = new URL(server.url).port;
  const left = { runs: RUNS };
  const students = Promise.all(STUDENTS.map((name) => student(name, () => server.url, left)));
  const done = () => store.runs.count({ state: 'done' });
  while (left.runs > 0) {
    // However slow the machine is: a run that is killed again and again would rightly be given up.
    const before = await done();
    await vi.waitFor(async () => expect(await done()).toBeGreaterThan(before), { timeout: 60_000 });
    await pause(200 + random() * 1000);
    // Each kind once, then by chance.
    const all = Object.values(kills).reduce((sum, count) => sum + count, 0);
    const dice = [0, 0.5, 1][all] ?? random();
    if (dice < 0.4) {
      kills['server'] = (kills['server'] ?? 0) + 1;
      await server.end('SIGKILL');
      server = servers.use(await start(port));
    } else if (dice < 0.8) await killShim();
    else await killEngine();
  }
  await students;
  await vi.waitFor(async () => expect(await store.runs.count({ state: { $ne: 'done' } })).toBe(0), {
    timeout: 300_000,
    interval: 500,
  });
  console.log(`seed ${SEED}, ${RUNS} runs, killed:`, kills);
  const runs = await store.runs.find({});
  // A submission whose answer never reached the student is still there: more runs than answers is fine.
  expect(runs.length).toBeGreaterThanOrEqual(expected.size);
  const wrong = runs.filter(({ id, outcome }) => expected.has(id) && outcome?.verdict !== expected.get(id));
  expect(
    wrong.map(({ outcome, attempt, failures }) => ({
      verdict: outcome?.verdict,
      summary: outcome?.summary,
      details: outcome?.details,
      report: outcome?.report,
      output: outcome?.output.head,
      attempt,
      failures,
    })),
  ).toEqual([]);
  expect(await server.end('SIGTERM')).toBe(0);
  // What the last kill left behind is for the next start to end.
  server = servers.use(await start(port));
  await vi.waitFor(async () => expect(await lostShims()).toEqual([]), { timeout: 30_000, interval: 200 });
  expect(await server.end('SIGTERM')).toBe(0);
  expect(await ourContainers()).toEqual([]);
  await vi.waitFor(() => expect(ownEngine.processes()).toEqual(new Map()), { timeout: 20_000 });
  expect(startedDirectly(inject('testRun')).filter((path) => !cgroupsBefore.includes(path))).toEqual([]);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(data);
  expect(readdirSync(join(data, 'runs'))).toEqual([]);
  expect(kills).toMatchObject({
    server: expect.toSatisfy((count: number) => count > 0),
    shim: expect.toSatisfy((count: number) => count > 0),
    engine: expect.toSatisfy((count: number) => count > 0),
  });
});
