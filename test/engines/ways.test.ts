/** Every way of starting containers grades alike: the smallest set of endings, on each runtime. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { CONTENT_LABEL, completionOf } from '../../server/adapters/docker/volumes/contents.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { openEngineProxy } from '../support/engine-proxy.ts';
import { openTestGrader, type TestGrader } from '../support/grade.ts';
import { reachingCheckout } from '../support/reaching-checkout.ts';

const run = (lines: string) => ({ run: `#!/bin/bash\n${lines}\n` });
/** Runs the answer as a student program with these options of run_student, and reports its exit code. */
const studentWith = (options: string) =>
  run(`
getinput q1 > student/answer.py
cd student
run_student ${options} "python3 answer.py" > ../out.txt
code=$?
feedback-msg -m "code $code $(head -c 100 ../out.txt)"
if [ $code = 0 ]; then feedback-result success; else feedback-result failed; fi
`);
const LIMITS = { time: 20, hard_time: 60, memory: 128, disk: 8 };

const FILL = `try:
  with open("big", "wb") as big:
    while True: big.write(b"x" * 65536); big.flush()
except OSError: raise SystemExit(3)`;
/** Its processes sleep: under gVisor each needs memory of the container, and a storm of them takes all. */
const FORK = `import os, time
while True:
  try:
    if os.fork() == 0: time.sleep(60)
  except OSError: time.sleep(0.1)`;
type Ending = {
  verdict: string;
  program: string;
  says: string;
  options?: string;
  /** The verdict where each process needs memory of gVisor as well. */
  onGvisor?: string;
};
const ENDINGS: Record<string, Ending> = {
  'ends well': { verdict: 'success', program: 'print("hello")', says: 'code 0 hello' },
  'ends badly': { verdict: 'failed', program: 'raise SystemExit(7)', says: 'code 7 ' },
  'takes all memory': {
    verdict: 'out-of-memory',
    program: 'blocks = []\nwhile True: blocks.append(bytearray(8 << 20))',
    says: 'code 252 ',
  },
  'never ends': { verdict: 'timeout', program: 'while True: pass', says: 'code 253 ', options: '--time 1' },
  'sleeps for ever': {
    verdict: 'timeout',
    program: 'import time; time.sleep(99)',
    says: 'code 253 ',
    options: '--hard-time 1',
  },
  'prints for ever': {
    verdict: 'output-limit',
    program: 'while True: print("x" * 1000, flush=True)',
    says: 'code 252 ',
  },
  'forks for ever': {
    verdict: 'process-limit',
    program: FORK,
    says: 'code 252 ',
    onGvisor: 'out-of-memory',
  },
  'fills its folder': { verdict: 'disk-full', program: FILL, says: 'code 252 ' },
};

describe.each(['local', 'portable'] as const)('on the %s way', (way) => {
  let grader: TestGrader;
  beforeAll(async () => {
    grader = await openTestGrader({ engine: openEngine(way) });
  });
  afterAll(() => grader.close());

  describe.each(['runc', 'crun', 'runsc'])('on %s', (runtime) => {
    test.concurrent.each(Object.entries(ENDINGS))('a student program %s', async (_, ending) => {
      const { program, says, options = '' } = ending;
      const verdict = (runtime === 'runsc' && ending.onGvisor) || ending.verdict;
      const files = studentWith(options);
      const outcome = await grader.grade({ files, limits: LIMITS }, { runtime, answers: { q1: program } });
      // What a flood leaves of its output is a matter of time.
      expect([outcome.verdict, outcome.report.text.slice(0, says.length)]).toEqual([verdict, says]);
    });

    test.concurrent('a grader that says nothing has crashed', async () => {
      expect(await grader.grade({ files: run('exit 3') }, { runtime })).toMatchObject({ verdict: 'crashed' });
    });
  });
});

describe('the portable way', () => {
  let grader: TestGrader;
  const docker = openClient();
  beforeAll(async () => {
    grader = await openTestGrader({ engine: openEngine('portable') });
  });
  afterAll(() => grader.close());

  /** Every file of the task as the grader sees it: its mode, owner, size and name. */
  const LIST = run(
    'find . ! -name task.yaml | sort | xargs -d "\\n" stat -c "%A %u %s %n"; feedback-result success',
  );

  test.each([
    ['few files as frames', 10],
    ['many through the engine', 1500],
  ])('lays a task out as other ways do: %s', async (_, count) => {
    const files: Record<string, string> = { ...LIST, 'student/given.py': 'x = 1\n' };
    for (let at = 0; at < count; at += 1) files[`data/${at % 10}/file ${at}`] = `${at}`;
    const local = await openTestGrader({ engine: openEngine('local') });
    const [here, there] = await Promise.all([
      local.grade({ files }).finally(() => local.close()),
      grader.grade({ files }),
    ]);
    expect(there.output).toEqual(here.output);
    expect(there.output.head).toContain('given.py');
  });

  test('refuses a task that does not fit, with a sentence for the teacher', async () => {
    const big = Buffer.alloc(3 * 2 ** 20, 'x');
    const task = (content: Buffer) => ({
      files: { ...run('true'), 'student/big': content },
      limits: { ...LIMITS, disk: 1 },
    });
    await expect(grader.grade(task(big))).rejects.toThrow(/do not fit.*limits\.disk/);
    await expect(
      grader.grade({ ...task(big.subarray(0, 2 ** 20 - 1)), limits: { ...LIMITS, disk: 0.5 } }),
    ).rejects.toThrow(/do not fit/);
  });

  test('counts no file of a large task as memory of the grader', async () => {
    const files = { ...run('feedback-result success'), data: Buffer.alloc(100 * 2 ** 20, 'x') };
    const outcome = await grader.grade({ files, limits: { memory: 64 } });
    expect(outcome).toMatchObject({ verdict: 'success' });
    expect(outcome.used.memoryBytes).toBeLessThan(64 * 2 ** 20);
  });

  test('says how much was used, about as the local way does', async () => {
    const local = await openTestGrader({ engine: openEngine('local') });
    const burn = {
      files: run(
        'python3 -c "x = bytearray(40 << 20)\nfor i in range(6_000_000): pass"; feedback-result success',
      ),
    };
    const [here, there] = [await local.grade(burn), await grader.grade(burn)];
    await local.close();
    expect(there.used.cpuMs / here.used.cpuMs).toBeGreaterThan(0.4);
    expect(there.used.cpuMs / here.used.cpuMs).toBeLessThan(2.5);
    expect(there.used.memoryBytes / here.used.memoryBytes).toBeGreaterThan(0.8);
    expect(there.used.memoryBytes / here.used.memoryBytes).toBeLessThan(1.3);
  });

  test('heals when somebody removes a volume that many runs share', async () => {
    // One that no other test has.
    const files = { ...run('feedback-result success'), 'systemfiles/hosts': `192.0.2.1 ${randomUUID()}\n` };
    const shared = async () => {
      const { Volumes } = await docker.listVolumes({ filters: { label: [CONTENT_LABEL] } });
      const names = Volumes.map(({ Name }) => Name).filter((name) => name.startsWith('gradeport-hosts-'));
      // Without the volumes that say that another one is complete.
      return names.filter((name) => !name.endsWith(completionOf('')));
    };
    const before = await shared();
    expect(await grader.grade({ files })).toMatchObject({ verdict: 'success' });
    const [mine = ''] = (await shared()).filter((name) => !before.includes(name));
    // A container that still goes would keep it.
    await expect.poll(() => removed(mine), { timeout: 20_000 }).toBe(true);
    expect(await grader.grade({ files })).toMatchObject({ verdict: 'success' });
    for (const name of [mine, completionOf(mine)])
      await expect.poll(() => removed(name), { timeout: 20_000 }).toBe(true);
  });
  const removed = (name: string) =>
    docker
      .getVolume(name)
      .remove()
      .then(
        () => true,
        () => false,
      );

  test('leaves no volume of a run behind', async () => {
    await grader.grade({ files: run('feedback-result success') });
    const filters = { label: [`org.gradeport.instance=${grader.instance}`] };
    const left = async () => (await docker.listVolumes({ filters })).Volumes ?? [];
    await expect.poll(left, { timeout: 20_000 }).toEqual([]);
  });
});

test('a user who may only reach the engine grades with it, and keeps what a run leaves', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'no root '));
  const proxy = await openEngineProxy(join(folder, 'engine.sock'));
  try {
    // The folder of this test run is otherwise its own user's.
    chmodSync(tmpdir(), 0o711);
    chmodSync(join(folder, 'engine.sock'), 0o666);
    chmodSync(folder, 0o1777);
    mkdirSync(join(folder, 'tmp'));
    chmodSync(join(folder, 'tmp'), 0o1777);
    const answer = 'code=def total(numbers): return sum(numbers)';
    const task = join(PROJECT_FOLDER, 'examples/demo/python-sum');
    const { code, said } = await asNobody(folder, proxy.host, [
      ...['grade', task, '--answer', answer, '--keep', join(folder, 'tmp/kept')],
    ]);
    expect(said).toContain('success');
    expect(said).toContain('portable');
    expect(code).toBe(0);
    expect(readFileSync(join(folder, 'tmp/kept/student/solution.py'), 'utf8')).toContain('def total');
  } finally {
    await proxy.close();
    rmSync(folder, { recursive: true });
  }
});

/** No root, no capability, no way back to either, and only the engine's socket of what is root's. */
function asNobody(
  folder: string,
  host: string,
  words: string[],
): Promise<{ code: number | null; said: string }> {
  const dropped = [
    '--reuid',
    '65534',
    '--regid',
    '65534',
    '--clear-groups',
    '--bounding-set=-all',
    '--no-new-privs',
  ];
  const bin = join(PROJECT_FOLDER, 'bin/gradeport.mjs');
  const command = reachingCheckout(['setpriv', ...dropped, process.execPath, bin, ...words]);
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: folder,
    env: {
      PATH: '/usr/bin:/bin',
      HOME: join(folder, 'tmp'),
      TMPDIR: join(folder, 'tmp'),
      GRADEPORT_DATA: join(folder, 'tmp/data'),
      DOCKER_HOST: host,
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => {
      said += bytes;
    });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, said })));
}
