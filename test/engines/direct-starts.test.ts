/** Containers that their runtime starts past the engine: programs see what the engine would have given them. */

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isCgroupThere } from '../../server/adapters/cgroups/end-cgroup.ts';
import { openClient } from '../../server/adapters/docker/client.ts';
import { cgroupOf } from '../../server/adapters/oci/state-folder.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { FILES_LABEL, INSTANCE_LABEL } from '../../server/ports/engine/container-labels.ts';
import type { Containers } from '../../server/ports/engine/containers.ts';
import { openTestGrader, type TestGrader } from '../support/grade.ts';
import { start } from '../support/processes.ts';
import { dockerBuild } from '../support/revision-images.ts';

const docker = openClient();
const folder = mkdtempSync(join(tmpdir(), 'gradeport-direct-'));
let byEngine: TestGrader;
let direct: TestGrader;
beforeAll(async () => {
  byEngine = await openTestGrader({ engine: openEngine('engine') });
  direct = await openTestGrader({ engine: openEngine('auto') });
});
afterAll(async () => {
  await byEngine.close();
  await direct.close();
  rmSync(folder, { recursive: true });
});

const PROBE = `#!/bin/bash
echo "== $1"
grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp:|Cpus_allowed_list)' /proc/self/status
ulimit -a
cat /proc/self/oom_score_adj /proc/sys/net/ipv4/ping_group_range /proc/sys/net/ipv4/ip_unprivileged_port_start
hostname; id; pwd; umask
env | sort | cut -d= -f1
ls -la /dev | awk '{ print $1, $NF }'
cut -d' ' -f5,6 /proc/self/mountinfo | sort -u
grep -v overlay /proc/self/mountinfo | sed 's/.* - //' | sort | uniq -c
cat /proc/net/dev | cut -d: -f1
for place in / /etc /usr /opt/gradeport /task /task/student /tmp /dev/shm /archive /sys/fs/cgroup /proc/sys/kernel; do
  touch $place/made 2>/dev/null && echo "$place is writable" && rm $place/made
done
`;
const LOOK = {
  files: {
    run: '#!/bin/bash\nbash student/probe grading\nrun_student "bash /task/student/probe student"\nfeedback-result success\n',
    'student/probe': PROBE,
  },
};
/** The engine's own: files for a network that is not there, the way to its agent, mounts of cgroups; our sizes. */
const OF_THE_ENGINE =
  /\/etc\/(resolv\.conf|hostname)|gradeport-line|cgroup|^ *\d+ (ext|(tmpfs )?tmpfs( gradeport)? rw,(size=|mode=755))/;
/** Only ours: devices of the slot's own, and less that a mount may do. Each is stricter than the engine's. */
const OF_OURS = /^\/dev\/(full|null|random|tty|urandom|zero) |^ *\d+ (devtmpfs|tmpfs gradeport|devpts) /;
const MOUNT = /^(\/\S*) (r[ow])\S*$/;
async function seenBy(grader: TestGrader, runtime: string): Promise<string[]> {
  const { output, details } = await grader.grade(LOOK, { runtime });
  expect(output.head, details).toContain('== student');
  return output.head
    .split('\n')
    .filter((line) => !OF_THE_ENGINE.test(line) && !OF_OURS.test(line))
    .map((line) => line.replace(MOUNT, '$1 $2'));
}

describe.each(['runc', 'crun'])('on %s', (runtime) => {
  test('graders and student programs see the same, however their containers were started', async () => {
    expect(await seenBy(direct, runtime)).toEqual(await seenBy(byEngine, runtime));
  });

  test('each container refuses the same system calls, also those that take the compiled list of the first', async () => {
    const refused = `#!/usr/bin/env python3
import ctypes, os, signal
libc = ctypes.CDLL(None, use_errno=True)
for number in range(480):
    child = os.fork()
    if child == 0:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        failed = libc.syscall(number, -1, -1, -1, -1, -1, -1) == -1
        os._exit(ctypes.get_errno() if failed and ctypes.get_errno() in (1, 38) else 0)
    code = os.waitpid(child, 0)[1] >> 8
    if code in (1, 38): print(number, code)
print([libc.socket(family, 1, 0) >= 0 for family in range(45)])
`;
    const run = '#!/bin/bash\nrun_student "python3 /task/student/refused"; feedback-result success\n';
    const seen: string[] = [];
    for (const _ of ['compiles', 'takes', 'takes']) {
      const { output } = await direct.grade({ files: { run, 'student/refused': refused } }, { runtime });
      seen.push(output.head);
    }
    // io_uring_setup; of the families UNIX, INET, INET6 and NETLINK are there.
    expect(seen[0]).toMatch(/^425 1$/m);
    expect(seen[0]?.match(/True/g)?.length).toBeGreaterThanOrEqual(3);
    expect(new Set(seen).size).toBe(1);
  });

  test('a program that takes all its memory ends in the same way', async () => {
    const run = `#!/bin/bash
run_student "python3 -c 'x = b\\"x\\" * 10**9'"; echo "code $?"
feedback-result success
`;
    const [one, other] = [
      await direct.grade({ files: { run } }, { runtime }),
      await byEngine.grade({ files: { run } }, { runtime }),
    ];
    expect(one.output.head).toMatch(/code [1-9]/);
    expect([one.verdict, one.output.head]).toEqual([other.verdict, other.output.head]);
  });
});

describe.each(['runc', 'crun'])('the user of a slot on %s', (runtime) => {
  const SEEN = `#!/bin/bash
grep '^ *4242 ' /proc/self/uid_map
chmod 600 student/mine; cd student
run_student "bash -c 'grep \\"^ *4242 \\" /proc/self/uid_map; id -u; echo y >> mine; stat -c %u:%g mine'"
stat -c %u:%g /etc/passwd ../run
sleep 1
feedback-result success
`;
  const task = { files: { run: SEEN, 'student/mine': 'x' } };

  test('is another one for each of two runs; their programs see 4242, and files keep their owners', async () => {
    const both = await Promise.all([direct.grade(task, { runtime }), direct.grade(task, { runtime })]);
    const users = both.map(({ output, details }) => {
      const lines = output.head.trim().split('\n');
      expect(lines.slice(2), output.head + details).toEqual(['4242', '4242:4242', '0:0', '4242:4242']);
      const outside = lines.slice(0, 2).map((line) => line.trim().split(/\s+/)[1]);
      expect(outside[0]).toBe(outside[1]);
      return Number(outside[0]);
    });
    expect(users[0]).not.toBe(users[1]);
    for (const user of users) expect(user).toBeGreaterThanOrEqual(1_900_000_000);
  });
});

/** Ids of a grader's containers that the engine started. */
const dockerPs = ({ instance }: TestGrader): string =>
  execFileSync('docker', ['ps', '-q', '--filter', `label=${INSTANCE_LABEL}=${instance}`], {
    encoding: 'utf8',
  });

/** What the engine runs for this grader while a program of it runs. */
async function whileRunning(grader: TestGrader, environment: string): Promise<string> {
  const seen: string[] = [];
  const run = '#!/bin/bash\necho running; sleep 0.3\nfeedback-result success\n';
  const { verdict } = await grader.grade(
    { environment, files: { run } },
    { onEvent: ({ type }) => void (type === 'output' && seen.push(dockerPs(grader))) },
  );
  expect(verdict).toBe('success');
  expect(seen.length).toBeGreaterThan(0);
  return seen.join('');
}

test('the engine runs none of them', async () => {
  expect(await whileRunning(direct, 'default')).toBe('');
});

test('an image in which one of our places is a link is the engine’s to start; the link is not followed here', async () => {
  const name = `linked-${process.pid}`;
  // Not below /tmp, which is a file system of its own in a container.
  const target = mkdtempSync('/var/tmp/gradeport-linked-');
  writeFileSync(
    join(folder, 'Dockerfile'),
    `FROM gradeport/default\nRUN mkdir -p ${target} && ln -s ${target} /archive\n`,
  );
  await dockerBuild(folder, `gradeport-test/${name}`, name);
  const grader = await openTestGrader({ engine: openEngine('auto') });
  try {
    expect(await whileRunning(grader, name)).not.toBe('');
    expect(statSync(target).mode & 0o777).toBe(0o700);
    expect(readdirSync(target)).toEqual([]);
    // Files are the same user's for its programs and for a grader that we start ourselves.
    const run = `#!/bin/bash
cd student; mkdir sub; echo one > sub/file; chmod 700 sub
run_student --container ${name} "bash -c 'cd sub && echo two >> file && cat file'"; echo "code $?"
cat sub/file
feedback-result success
`;
    const { output, details } = await grader.grade({ files: { run } });
    expect(output.head, details).toBe('one\ntwo\ncode 0\none\ntwo\n');
  } finally {
    await grader.close();
    await docker.getImage(`gradeport-test/${name}`).remove({ force: true });
    rmSync(target, { recursive: true });
  }
});

/** Containers that keep an image's files for a process. */
const filesOf = async (owner: string) =>
  (await docker.listContainers({ all: true, filters: { label: [FILES_LABEL] } })).filter(
    ({ Labels }) => Labels[FILES_LABEL] === owner,
  );
const STATE = '/run/gradeport/containers';
const foldersOf = (pid: number | undefined) => globSync(`${pid}.*`, { cwd: STATE });

test('what a process left behind that was killed goes with the next start', async () => {
  const task = join(folder, 'task');
  mkdirSync(task);
  writeFileSync(join(task, 'task.yaml'), 'environment_id: default\nproblems: { q: { type: code } }\n');
  writeFileSync(join(task, 'run'), '#!/bin/bash\necho running\nsleep 60\n', { mode: 0o755 });
  const killed = start(['grade', task, '--answer', 'q=x'], {});
  killed.stdin?.end();
  let said = '';
  for await (const piece of killed.stderr ?? []) {
    said += String(piece);
    if (said.includes('Grading in')) break;
  }
  // The command line is a process of a process.
  const owners = await vi.waitFor(() => {
    const found = readdirSync(STATE).filter((name) => childrenOf(killed.pid).has(Number(name.split('.')[0])));
    expect(
      found.some((name) => readdirSync(join(STATE, name)).some((one) => /^[0-9a-f]{64}$/.test(one))),
    ).toBe(true);
    return found;
  }, 10_000);
  const [owner = ''] = owners;
  expect(await filesOf(owner)).toHaveLength(1);
  process.kill(Number(owner.split('.')[0]), 'SIGKILL');
  await once(killed, 'close');

  const next = await openTestGrader({ engine: openEngine('auto') });
  await next.grade({ files: { run: '#!/bin/bash\nfeedback-result success\n' } });
  await next.close();
  expect(readdirSync(STATE)).not.toContain(owner);
  expect(await filesOf(owner)).toEqual([]);
  expect(execFileSync('ps', ['axww'], { encoding: 'utf8' })).not.toContain(owner);
});

function childrenOf(pid: number | undefined): Set<number> {
  const text = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return new Set([pid ?? 0, ...pairs.filter(([, parent]) => parent === pid).map(([child]) => child ?? 0)]);
}

test('an engine that is closed keeps nothing', async () => {
  const grader = await openTestGrader({ engine: openEngine('auto') });
  const before = foldersOf(process.pid);
  await grader.grade({ files: { run: '#!/bin/bash\nfeedback-result success\n' } });
  const [own = ''] = foldersOf(process.pid).filter((name) => !before.includes(name));
  expect(await filesOf(own)).toHaveLength(1);
  await grader.close();
  expect(foldersOf(process.pid)).toEqual(before);
  expect(await filesOf(own)).toEqual([]);
});

test('a process that ends in order leaves no cgroup, even of containers that it did not remove', async () => {
  const engine = openEngine('auto');
  const started: string[] = [];
  const containers: Containers = {
    ...engine.containers,
    async start(spec, output) {
      const container = await engine.containers.start(spec, output);
      started.push(container.id);
      // As where its maker is stopped before.
      return { ...container, remove: async () => {} };
    },
  };
  const grader = await openTestGrader({ engine: { ...engine, containers } });
  const run = '#!/bin/bash\nrun_student true; feedback-result success\n';
  expect(await grader.grade({ files: { run } }, { runtime: 'crun' })).toMatchObject({ verdict: 'success' });
  expect(started.filter((id) => isCgroupThere(cgroupOf(id)))).toHaveLength(2);
  await grader.close();
  await engine.close();
  expect(started.filter((id) => isCgroupThere(cgroupOf(id)))).toEqual([]);
});
