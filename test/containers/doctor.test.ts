/** gradeport doctor on the real engine: what it tries, and what it says where something does not hold. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { limitCheck } from '../../server/cli/doctor/limits.ts';
import * as probes from '../../server/cli/doctor/probes.ts';
import { networkCheck, runtimeCheck } from '../../server/cli/doctor/runtimes.ts';
import { openLocalGrader } from '../../server/cli/local/open-executor.ts';
import { folderOfUser } from '../../server/cli/local/runs-folder.ts';
import { installationOf } from '../../server/config/config.ts';
import { readEnvironments } from '../../server/environments/catalogue.ts';
import { findEnvironment } from '../../server/environments/discovery/environments-of-images.ts';
import { INSTANCE_LABEL } from '../../server/ports/engine/container-labels.ts';
import { openEngineProxy } from '../support/engine-proxy.ts';
import { cli, start } from '../support/processes.ts';

type Check = { check: string; state: string; sentence: string; next: string | null };
const folder = mkdtempSync(join(tmpdir(), 'gradeport-sick-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = ['--data', join(folder, 'data')];

describe('gradeport doctor', () => {
  test('really runs a container on every runtime, goes beyond every limit, and finds this machine fit', async () => {
    const { code, stdout, stderr } = await cli(['doctor', '--json', ...at], { env: { GRADEPORT_PORT: '0' } });
    const checks = JSON.parse(stdout) as Check[];
    const stateOf = (check: string) => checks.find((one) => one.check === check)?.state;
    for (const runtime of ['runc', 'crun', 'runsc']) {
      expect(checks.find(({ check }) => check === `runtime ${runtime}`)).toMatchObject({
        state: 'ok',
        sentence: expect.stringMatching(/ready in [\d.]+ m?s/),
      });
    }
    for (const { check } of probes.PROBES) expect(stateOf(check), stdout).toBe('ok');
    // A machine of tests gives all of the isolation that Gradeport can use.
    for (const check of ['users of slots', 'links of students']) expect(stateOf(check), check).toBe('ok');
    for (const check of ['engine', 'engine API', 'storage driver', 'cgroups', 'clock', 'port', 'data folder'])
      expect(stateOf(check), check).toBe('ok');
    expect(checks.filter(({ state }) => state === 'fail')).toEqual([]);
    for (const { state, next } of checks)
      if (state === 'warn' || state === 'fail') expect(next).not.toBeNull();
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain('\u001b');
  });

  test('exits with 5 when the engine does not answer, and still looks at the rest', async () => {
    const { code, stdout } = await cli(['doctor', ...at], { env: { DOCKER_HOST: 'unix:///nowhere.sock' } });
    expect(code).toBe(5);
    expect(stdout).toMatch(
      /✗ engine: .*no socket unix:\/\/\/nowhere\.sock \(DOCKER_HOST\)\.\n {4}Start that engine, or: unset DOCKER_HOST\n/,
    );
    expect(stdout).toContain('– engine address: unix:///nowhere.sock, from: DOCKER_HOST.');
    expect(stdout).toContain('✓ data folder: ');
    expect(stdout).toContain('– containers: ');
  });

  test('exits with 1 when anything else fails, and says what to do', async () => {
    const { code, stdout } = await cli(['doctor', '--data', '/proc/nowhere/data'], {
      env: { DOCKER_HOST: 'unix:///nowhere.sock', GRADEPORT_HOST: '192.0.2.1' },
    });
    expect(code).toBe(5);
    expect(stdout).toMatch(
      /✗ port: This machine cannot listen on 192\.0\.2\.1:8080.*\n {4}Choose an address/,
    );
    const proxy = await openEngineProxy(join(folder, 'engine.sock'));
    const sick = await cli(['doctor', ...at, '--json'], {
      env: { DOCKER_HOST: proxy.host, GRADEPORT_HOST: '192.0.2.1', GRADEPORT_DEFAULT_GPU: 'cuda' },
    }).finally(() => proxy.close());
    const failed = (JSON.parse(sick.stdout) as Check[]).filter(({ state }) => state === 'fail');
    expect(failed.map(({ check }) => check)).toEqual(['defaultGpu', 'port']);
    expect(sick.code).toBe(1);
  });

  test('leaves nothing behind when Ctrl-C stops it in the middle', async () => {
    const child = start(['doctor', ...at], {});
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const pid = child.pid ?? 0;
    // A trial is running now: its folders are there or, where the engine keeps them, its containers.
    const traces = async () => [...foldersOf(pid), ...(await containersOf(pid))];
    await expect.poll(traces, { timeout: 60_000, interval: 20 }).not.toEqual([]);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(foldersOf(pid)).toEqual([]);
    // The engine takes away what has ended.
    await expect.poll(() => containersOf(pid), { timeout: 20_000 }).toEqual([]);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(`${folderOfUser()}/${child.pid}/`);
  });
});

/** Of `gradeport grade` and of the doctor's own graders. */
function foldersOf(pid: number): string[] {
  const all = join(folderOfUser(), String(pid));
  try {
    return readdirSync(all);
  } catch {
    return [];
  }
}

async function containersOf(pid: number): Promise<string[]> {
  const filters = { label: [`${INSTANCE_LABEL}=cli:${pid}`] };
  return (await openClient().listContainers({ all: true, filters })).map(({ Id }) => Id);
}

describe('a limit that does not hold', () => {
  let local: Awaited<ReturnType<typeof openLocalGrader>>;
  beforeAll(async () => {
    local = await openLocalGrader(true);
  });
  afterAll(() => local[Symbol.asyncDispose]());
  const { signal } = new AbortController();
  const tryOut = (probe: probes.Probe) => limitCheck(local.grader, 'default', probe, signal);
  const loose = (probe: probes.Probe, change: Partial<probes.Probe['limits']>) => ({
    ...probe,
    limits: { ...probe.limits, ...change },
  });
  const MIB = 2 ** 20;

  test.each([
    [loose(probes.MEMORY, { memoryBytes: 512 * MIB })],
    [loose(probes.PROCESSES, { pids: 400 })],
    [loose(probes.BYTES, { diskBytes: 64 * MIB })],
    [loose(probes.FILES, { diskFiles: 5000 })],
    [{ ...probes.TIME, program: 'print("over at once")' }],
    // With a network of its own it would need a bridge of the engine's, which not every machine has.
    [{ ...probes.NETWORK, program: 'print("others: eth0 way: open")' }],
  ])('is found out: $check', async (probe) => {
    const found = await tryOut(probe);
    expect(found).toMatchObject({ check: probe.check, state: 'fail', next: probe.next });
    expect(found.sentence).toContain(probe.broken);
  });

  test('is not claimed where the trial itself went wrong', async () => {
    const found = await limitCheck(local.grader, 'nobody-announces-this', probes.MEMORY, signal);
    expect(found).toMatchObject({ state: 'fail', sentence: expect.stringContaining('could not be tried') });
  });
});

test('a runtime that cannot start a container fails; an unknown one is skipped', async () => {
  const engine = openEngine();
  try {
    const { list } = await readEnvironments(engine, {});
    const environment = findEnvironment(list, 'default');
    const { apiFolder } = installationOf('doctor');
    const table = { broken: { sharedKernel: true, root: false, gpu: false } };
    const trials = {
      containers: engine.containers,
      table,
      environment,
      runsFolder: join(folder, 'runs'),
      apiFolder,
    };
    expect(await runtimeCheck(trials, 'broken')).toMatchObject({
      state: 'fail',
      next: expect.stringContaining('docker run --rm --runtime broken'),
    });
    expect(await runtimeCheck(trials, 'mystery')).toMatchObject({ state: 'skipped' });
    expect(await runtimeCheck({ ...trials, environment: null }, 'runc')).toMatchObject({ state: 'skipped' });
    const elsewhere = environment && { ...environment, runtime: 'broken' };
    expect(await networkCheck({ ...trials, environment: elsewhere })).toMatchObject({
      state: 'warn',
      sentence: expect.stringContaining('network_grading cannot run'),
    });
    expect(await networkCheck({ ...trials, environment: null })).toMatchObject({ state: 'skipped' });
  } finally {
    await engine.close();
  }
});
