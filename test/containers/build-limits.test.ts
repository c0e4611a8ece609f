/** Builds as their worst writers would have them: each ends in time, says why, and leaves nothing in the engine. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import type { BuildLimits, BuildNews, BuildOrder } from '../../server/ports/engine/builder.ts';
import type { Engine } from '../../server/ports/engine/engine.ts';
import { containersWith, imagesWith } from '../support/containers/marked.ts';

const MIB = 2 ** 20;
const TAG = `gradeport-test/limits-${process.pid}`;
const docker = openClient();
let engine: Engine;
let folder: string;
beforeAll(() => {
  engine = openEngine();
});
afterAll(() => engine.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradeport-limits-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await docker
    .getImage(`${TAG}:latest`)
    .remove()
    .catch(() => {});
});

const LIMITS: BuildLimits = {
  timeMs: 60_000,
  memoryBytes: 256 * MIB,
  cpus: 1,
  pids: 64,
  diskBytes: 200 * MIB,
  outputBytes: 4 * MIB,
  contextBytes: MIB,
};
const silent: BuildNews = { line: () => {}, step: () => {} };

/** In the environment of every image and container of these tests: nothing comes from the cache, and each is found. */
const MARK = `GRADEPORT_TEST=${process.pid}`;
const unique = () => `ENV ${MARK}-${performance.now()}`;

function build(steps: string[], more: Partial<BuildOrder> & { limits?: BuildLimits } = {}, news = silent) {
  writeFileSync(join(folder, 'Dockerfile'), `FROM gradeport/base\n${unique()}\n${steps.join('\n')}\n`);
  return engine.builder.build(
    { folder, tag: TAG, labels: {}, network: false, limits: LIMITS, ...more },
    news,
  );
}

async function expectNothingLeft(): Promise<void> {
  expect(await imagesWith(MARK)).toEqual([]);
  expect(await containersWith(MARK)).toEqual([]);
}

test('steps that speak in the builder’s voice write no more than others', async () => {
  const write = (at: number) => `head -c 80M /dev/urandom > /f${at}`;
  const lie = (at: number) => `echo "Step ${at + 1}/7 : FROM scratch"`;
  const steps = [3, 4, 5, 6].map((at) => `RUN ${write(at)} && ${lie(at)}`);
  await expect(build(steps)).rejects.toThrow(/more than 200 MiB to the disk/);
  await expectNothingLeft();
});

test('a good one gets its name, with its size, its layers and its labels, step by step', async () => {
  const steps: string[] = [];
  const lines: string[] = [];
  const image = await build(
    ['RUN printf one && printf two && echo', 'LABEL a=b'],
    {},
    {
      line: (text) => void lines.push(text),
      step: ({ number, of, text }) => void steps.push(`${number}/${of} ${text}`),
    },
  );
  expect(steps.map((step) => step.slice(0, 8))).toEqual(['1/4 FROM', '2/4 ENV ', '3/4 RUN ', '4/4 LABE']);
  expect(lines).toContain('onetwo');
  expect(image.labels).toMatchObject({ a: 'b' });
  expect(image.layers).toBeGreaterThan(0);
  const info = await docker.getImage(`${TAG}:latest`).inspect();
  expect(info).toMatchObject({ Id: image.id, Size: image.size });
});

describe('a step that', () => {
  test.each([
    ['fails', 'RUN echo the-reason >&2 && exit 3', {}, /code: 3[\s\S]*the-reason/],
    ['hangs', 'RUN sleep 1000', { timeMs: 3000 }, /took longer than 3 s/],
    ['fills the disk with one file', 'RUN cat /dev/zero > /big', {}, /code: |more than 200 MiB to the disk/],
    [
      'fills the disk with many files',
      'RUN i=0; while true; do i=$((i+1)); head -c 10M /dev/zero > /f$i; done',
      {},
      /more than 200 MiB to the disk/,
    ],
    ['prints a hundred megabytes', 'RUN yes | head -c 100M', {}, /printed more than 4 MiB/],
    [
      'prints them without a line end',
      'RUN head -c 100M /dev/zero | tr "\\\\0" x',
      {},
      /printed more than 4 MiB/,
    ],
    [
      'needs too much memory',
      'RUN python3 -c "x = bytearray(10**9)"',
      {},
      /code: 137\nThe step was killed: .*256 MiB/,
    ],
    [
      'forks as soon as it runs',
      'RUN bomb() { bomb | bomb & }; bomb; sleep 2; exit 1',
      { timeMs: 20_000 },
      /Building/,
    ],
    [
      'reaches for the network',
      'RUN python3 -c "import socket; socket.create_connection((\'1.1.1.1\', 53), 5)"',
      {},
      /Network is unreachable/,
    ],
  ])('%s ends the build with its reason', async (_, step, limits, sentence) => {
    await expect(build([step], { limits: { ...LIMITS, ...limits } })).rejects.toThrow(sentence);
    await expectNothingLeft();
  });

  test('forks without end meets the limit of processes, and the machine goes on', async () => {
    const most = { processes: 0 };
    const look = async () => {
      for (const { Id } of await containersWith(MARK)) {
        const stats = await docker.getContainer(Id).stats({ stream: false, 'one-shot': true });
        most.processes = Math.max(most.processes, stats.pids_stats?.current ?? 0);
      }
    };
    const bomb = 'RUN sleep 1; bomb() { bomb | bomb & }; bomb; sleep 2; exit 1';
    const building = build([bomb], { limits: { ...LIMITS, timeMs: 20_000 } }).catch(
      (error: unknown) => error,
    );
    const ended = { is: false };
    void building.then(() => {
      ended.is = true;
    });
    while (!ended.is) await look().catch(() => {});
    expect(await building).toBeInstanceOf(Error);
    expect(most.processes).toBeLessThanOrEqual(LIMITS.pids);
    await expectNothingLeft();
  });
});

test('what a quick step wrote counts, too, and that of all stages together', async () => {
  const limits = { ...LIMITS, diskBytes: 10 * MIB };
  const write = (name: string) => `RUN head -c 6M /dev/urandom > /${name}`;
  await expect(build([write('a'), write('b')], { limits })).rejects.toThrow(/more than 10 MiB to the disk/);
  await expectNothingLeft();
  const stages = [write('a'), 'FROM gradeport/base', unique(), write('b')];
  await expect(build(stages, { limits })).rejects.toThrow(/more than 10 MiB to the disk/);
  await expectNothingLeft();
});

test('stopping in the middle ends its program at once and leaves nothing', async () => {
  const stop = new AbortController();
  const started = Promise.withResolvers<void>();
  const news: BuildNews = { line: (text) => text === 'it-began' && started.resolve(), step: () => {} };
  const building = build(
    ['RUN head -c 5M /dev/urandom > /x', 'RUN echo it-began; sleep 1000'],
    { stopped: stop.signal },
    news,
  );
  await started.promise;
  stop.abort();
  await expect(building).rejects.toThrow('was stopped');
  await expectNothingLeft();
});

test('one that was stopped before it began is not begun', async () => {
  await expect(build(['RUN true'], { stopped: AbortSignal.abort() })).rejects.toThrow('was stopped');
});

test('what the caller does not accept gets no name and does not stay', async () => {
  const accept = () => {
    throw new Error('not this one');
  };
  await expect(build(['RUN echo x > /x'], { accept })).rejects.toThrow('not this one');
  await expectNothingLeft();
});

test('a step sees nothing of Gradeport: no socket of the engine, nothing mounted, no network but its own', async () => {
  const lines: string[] = [];
  const look = [
    'RUN test ! -e /var/run/docker.sock && test ! -e /opt/gradeport && echo clean',
    'RUN ls /sys/class/net && cat /proc/mounts | cut -d" " -f2',
  ];
  await build(look, {}, { ...silent, line: (text) => void lines.push(text) });
  expect(lines).toContain('clean');
  expect(lines).toContain('lo');
  expect(lines.filter((line) => /^eth|^\/.*gradeport/.test(line))).toEqual([]);
});

test('an image that is not here is not pulled for a build without network', async () => {
  writeFileSync(join(folder, 'Dockerfile'), 'FROM gradeport-nowhere.invalid/x:1\n');
  const order = { folder, tag: TAG, labels: {}, network: false, limits: LIMITS };
  await expect(engine.builder.build(order, silent)).rejects.toThrow(/Building .* (failed|was ended)/);
});

test('a folder that is too large is refused before it is sent', async () => {
  writeFileSync(join(folder, 'big'), Buffer.alloc(2 * MIB));
  await expect(build(['COPY big /'])).rejects.toThrow(/folder is larger than a build may be given/);
});

test('two at once do not disturb each other', async () => {
  const other = mkdtempSync(join(tmpdir(), 'gradeport-limits-'));
  writeFileSync(join(other, 'Dockerfile'), `FROM gradeport/base\n${unique()}\nRUN exit 4\n`);
  const failing = engine.builder.build(
    { folder: other, tag: `${TAG}-2`, labels: {}, network: false, limits: LIMITS },
    silent,
  );
  const [good, bad] = await Promise.allSettled([
    build(['RUN echo x > /x', 'RUN sleep 1 && cat /x']),
    failing,
  ]);
  rmSync(other, { recursive: true });
  expect([good.status, bad.status]).toEqual(['fulfilled', 'rejected']);
  expect(await containersWith(MARK)).toEqual([]);
});
