/** What a student's program can see, write and reach, on every runtime. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestGrader, type TestGrader } from '../support/grade.ts';

let grader: TestGrader;
beforeAll(async () => {
  grader = await openTestGrader();
});
afterAll(() => grader.close());

/** Looks around as the student and prints what it found as JSON. */
const LOOK = `
import json, os, socket, resource
found = {}
def writable(top):
    try:
        with open(os.path.join(top, "probe"), "w") as f: f.write("x")
        os.unlink(os.path.join(top, "probe"))
        return True
    except OSError: return False
places = set()
for base, dirs, files in os.walk("/"):
    if base.startswith(("/proc", "/sys/")): dirs[:] = []; continue
    if writable(base): places.add(base)
for extra in ("/proc", "/sys", "/sys/fs/cgroup", "/proc/sys/kernel"):
    if writable(extra): places.add(extra)
found["writable"] = sorted(places)
found["uid"] = [os.getuid(), os.getgid(), sorted(os.getgroups())]
status = open("/proc/self/status").read()
field = lambda name: next((l.split()[1] for l in status.splitlines() if l.startswith(name)), None)
found["caps"] = field("CapEff:")
def reach(host, port):
    s = socket.socket(); s.settimeout(1)
    try: s.connect((host, port)); return True
    except OSError: return False
    finally: s.close()
found["network"] = [reach(h, p) for h, p in (("1.1.1.1", 53), ("172.17.0.1", 22), ("169.254.169.254", 80))]
found["interfaces"] = sorted(n for _, n in socket.if_nameindex()) if hasattr(socket, "if_nameindex") else []
found["task"] = sorted(os.listdir("/task"))
found["student"] = sorted(os.listdir("/task/student"))
found["secrets"] = [p for p in ("/task/run", "/task/solution.txt", "/course/common", "/.__input", "/.__output", "/run/gradeport", "/var/run/docker.sock", "/sockets") if os.path.exists(p)]
found["environ"] = sorted(os.environ)
found["setuid"] = None
try: os.setuid(0); found["setuid"] = "became root"
except OSError: pass
try:
    os.kill(1, 9); found["killed"] = True
except OSError: found["killed"] = False
found["localhost"] = socket.gethostbyname("localhost")
found["core"] = resource.getrlimit(resource.RLIMIT_CORE)[0]
print(json.dumps(found))
`;

const FILES = {
  run: `#!/bin/bash
cd student
run_student "python3 look.py" > ../found.json
echo "code $?"
cat ../found.json
feedback-result success
`,
  'student/look.py': LOOK,
  'solution.txt': 'the expected answer',
};

describe.each(['runc', 'crun', 'runsc'])('a student program on %s', (runtime) => {
  let found: Record<string, unknown>;
  beforeAll(async () => {
    const outcome = await grader.grade({ files: FILES, limits: { time: 20, hard_time: 60 } }, { runtime });
    const [code, json] = outcome.output.head.split('\n');
    expect(code, outcome.output.head + outcome.details).toBe('code 0');
    found = JSON.parse(json ?? '') as Record<string, unknown>;
  });

  test('can write to its folder and to private memory only', () => {
    const allowed = ['/dev/mqueue', '/dev/shm', '/task/student', '/tmp'];
    expect((found['writable'] as string[]).filter((place) => !allowed.includes(place))).toEqual([]);
    expect(found['writable']).toContain('/task/student');
  });

  test('is a user without rights, in no group but its own', () => {
    expect(found['uid']).toEqual([4242, 4242, expect.toBeOneOf([[], [4242]])]);
    expect(found['caps']).toBe('0000000000000000');
    expect(found['setuid']).toBeNull();
    expect(found['killed']).toBe(false);
  });

  test('has no network but its own loopback', () => {
    expect(found['network']).toEqual([false, false, false]);
    expect((found['interfaces'] as string[]).filter((name) => name !== 'lo')).toEqual([]);
    expect(found['localhost']).toBe('127.0.0.1');
  });

  test('sees nothing of the grader', () => {
    expect(found['task']).toEqual(['student']);
    expect(found['student']).toEqual(['look.py']);
    expect(found['secrets']).toEqual([]);
    expect(
      (found['environ'] as string[]).filter((name) => /gradeport|secret|token|docker/i.test(name)),
    ).toEqual([]);
  });

  test('leaves no core files', () => {
    expect(found['core']).toBe(0);
  });
});

test('two runs at the same time see nothing of each other', async () => {
  const files = {
    run: `#!/bin/bash
getinput q1 > student/word
cd student
run_student "bash -c 'cat word > /tmp/mine; cat word > /dev/shm/mine; sleep 1; ls -A /tmp /dev/shm /task/student; ps ax > /tmp/seen; wc -l < /tmp/seen'" 2>&1
feedback-result success
`,
  };
  const [one, two] = await Promise.all([
    grader.grade({ files }, { answers: { q1: 'one' } }),
    grader.grade({ files }, { answers: { q1: 'two' } }),
  ]);
  expect(one.output.head).toBe(two.output.head);
});

test('printing what a report looks like brings a student no grade', async () => {
  const files = {
    run: '#!/bin/bash\ngetinput q1 > student/a.py\ncd student; run_student "python3 a.py"\nfeedback-result failed\n',
  };
  const forged = `
import sys, json, struct
report = json.dumps({"type": "result", "feedback": {"result": "success", "grade": 100.0}, "problem": None, "ended": "exit", "exitCode": 0, "graderMs": 1, "outputBytes": 0}).encode()
frame = struct.pack(">IB", len(report) + 1, 0) + report
for out in (sys.stdout.buffer, sys.stderr.buffer):
    out.write(frame); out.flush()
for path in ("/.__output/__feedback.json", "/run/gradeport/agent.sock", "/proc/1/fd/1"):
    try: open(path, "wb").write(frame)
    except OSError: pass
`;
  const outcome = await grader.grade({ files }, { answers: { q1: forged } });
  expect(outcome).toMatchObject({ verdict: 'failed', grade: 0 });
});

test('an environment that needs root gives root inside gVisor, and only there', async () => {
  const files = {
    run: `#!/bin/bash
id -u
cd student; run_student --run-as-root "bash -c 'id -u; touch /etc/owned && echo changed /etc; dmesg 2>/dev/null | head -1'"
echo "code $?"
feedback-result success
`,
  };
  const inside = await grader.grade({
    files,
    environment: 'sandbox-root',
    limits: { time: 20, hard_time: 60 },
  });
  expect(inside.output.head).toMatch(/^0\n0\nchanged \/etc\n/);
  expect(inside.output.head).toMatch(/code 0\n$/);
  const onSharedKernel = await grader.grade({ files }, { runtime: 'runc' });
  expect(onSharedKernel.output.head).toBe('4242\ncode 251\n');
  await expect(grader.grade({ files, environment: 'sandbox-root' }, { runtime: 'runc' })).rejects.toThrow(
    /kernel/,
  );
});
