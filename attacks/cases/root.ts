import type { AttackCase } from '../case.ts';
import { FRAMES } from './forging.ts';

const py = String.raw;

const ROOT = {
  environment: 'sandbox-root',
  only: {
    runtimes: ['runsc'],
    because: 'Root is given only on a runtime with a kernel of its own.',
  },
  time: 4,
  hardTime: 10,
} as const;

/** Root in the container owns its agent, so it can speak to the worker in the agent's place. */
const SPEAK = py`${FRAMES}
def speak(data):
    for name in os.listdir("/proc/1/fd"):
        path = "/proc/1/fd/" + name
        try:
            if not os.readlink(path).startswith(("host:", "pipe:")): continue
            fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError: continue
        try:
            os.write(fd, data)
        except OSError: pass
        finally: os.close(fd)
`;

export const root: AttackCase[] = [
  {
    ...ROOT,
    id: 'root-writes-everywhere',
    number: 36,
    title: 'What root writes to its system is gone with its container.',
    answer: py`
for path in ("/etc/passwd", "/usr/bin/python3-evil", "/bin/evil", "/root/.bashrc", "/opt/owned"):
    with open(path, "a") as file: file.write("evil\n")
answer()`,
    again: 'bash -c "tail -1 /etc/passwd; ls /opt/owned /bin/evil /usr/bin/python3-evil 2>/dev/null"',
    expect: ['success'],
    check: ({ said }) => (/evil|owned/.test(said.again) ? `the next container has ${said.again}` : null),
  },
  {
    ...ROOT,
    id: 'root-reads',
    number: 31,
    title: 'Root sees nothing of the grader or of the machine either.',
    answer: py`
import glob
for path in ["/task/run", "/task/expected.txt", "/.__input", "/.__output", "/run/gradeport", "/var/run/docker.sock", "/proc/1/root/task/run", "/proc/kcore"] + glob.glob("/dev/sd*") + glob.glob("/dev/vd*") + glob.glob("/dev/nvme*"):
    if os.path.exists(path): breach(path)
if sorted(os.listdir("/task")) != ["student"]: breach(os.listdir("/task"))
answer()`,
    expect: ['success'],
  },
  {
    ...ROOT,
    id: 'root-writes-mounts',
    number: 36,
    title: 'Root cannot write to what Gradeport mounts read-only, remounted or not.',
    answer: py`
import ctypes
libc = ctypes.CDLL(None)
for place in (b"/opt/gradeport", b"/etc/hosts"): libc.mount(b"none", place, None, 32 | 4096, None)
for path in ("/opt/gradeport/agent/main.py", "/opt/gradeport/planted", "/etc/hosts"):
    try:
        with open(path, "a") as file: file.write("# planted\n")
        breach(path)
    except OSError: pass
answer()`,
    expect: ['success'],
  },
  {
    ...ROOT,
    id: 'root-devices',
    number: 26,
    title: 'Devices that root makes lead to no disk and no memory of the machine.',
    answer: py`
import stat
for major, minor in ((8, 0), (8, 1), (253, 0), (254, 0), (259, 0), (7, 0), (1, 1), (1, 2), (1, 4), (1, 11), (10, 200), (10, 229), (10, 232)):
    for kind in (stat.S_IFBLK, stat.S_IFCHR):
        for folder in ("/dev", "/task/student", "/tmp"):
            path = "%s/d%d-%d-%d" % (folder, kind, major, minor)
            try:
                os.mknod(path, kind | 0o666, os.makedev(major, minor))
                fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
            except OSError: continue
            if (major, minor) not in ((10, 200), (10, 229)): breach(path)
answer()`,
    expect: ['success'],
  },
  {
    ...ROOT,
    id: 'root-set-uid-on-the-host',
    number: 25,
    title: 'Set-uid programs of root in the student folder are gone with its run.',
    answer: py`
import shutil
shutil.copy("/bin/bash", "/task/student/shell")
os.chown("/task/student/shell", 0, 0)
os.chmod("/task/student/shell", 0o6777)
answer()`,
    expect: ['success'],
  },
  {
    ...ROOT,
    id: 'root-fills-its-system',
    number: 7,
    title: 'Root cannot fill the machine’s disk: its system lies in its own memory.',
    answer: py`
for part in range(150):
    with open("/big%d" % part, "wb", buffering=0) as big:
        for _ in range(7): big.write(b"x" * (1 << 20))
breach("a gigabyte")`,
    expect: ['out-of-memory'],
  },
  {
    ...ROOT,
    id: 'root-fills-its-folder',
    number: 7,
    title: 'Root cannot fill more than the student folder.',
    answer: py`
try:
    for part in range(100):
        with open("big%d" % part, "wb", buffering=0) as big:
            for _ in range(16): big.write(b"x" * 65536)
except OSError: pass
raise SystemExit(3)`,
    expect: ['disk-full'],
  },
  {
    ...ROOT,
    id: 'root-fork-bomb',
    number: 1,
    title: 'A fork bomb of root ends at the process limit.',
    answer: py`
while True:
    try: os.fork()
    except OSError: pass`,
    time: 8,
    hardTime: 15,
    expect: ['process-limit'],
    // A root's forks know no limit inside gVisor: memory or time may end before its agent gets to count.
    expectOn: { runsc: ['process-limit', 'out-of-memory', 'timeout'] },
  },
  {
    ...ROOT,
    id: 'root-kills-the-agent',
    number: 33,
    title: 'Root that kills its agent has failed, and is no fault of the house.',
    answer: 'import signal\nos.kill(1, signal.SIGKILL)\ntime.sleep(60)',
    expect: ['failed'],
  },
  {
    ...ROOT,
    id: 'root-reboots',
    number: 35,
    title: 'Root that reboots has failed, and is no fault of the house.',
    answer: py`
import ctypes
ctypes.CDLL(None).reboot(0x01234567)
os.kill(-1, 9)
raise SystemExit(3)`,
    expect: ['failed'],
  },
  {
    ...ROOT,
    id: 'root-forges-a-result',
    number: 28,
    title: 'A result that root sends in its agent’s place is worth nothing, and no fault of the house.',
    answer: `${SPEAK}
speak(frame(RESULT))
raise SystemExit(3)`,
    expect: ['failed'],
  },
  {
    ...ROOT,
    id: 'root-forges-an-exit',
    number: 28,
    title: 'An exit that root sends in its agent’s place ends its program at most.',
    answer: `${SPEAK}
speak(frame({"type": "exit", "code": 0, "ended": "exit"}))
raise SystemExit(3)`,
    expect: ['failed'],
  },
  {
    ...ROOT,
    id: 'root-stays-after-a-forged-exit',
    number: 29,
    title: 'A forged exit leaves no process that changes files while the grader goes on.',
    answer: `${SPEAK}
if os.fork() == 0:
    os.setsid()
    while True:
        with open("late", "a") as file: file.write("late\\n")
        time.sleep(0.02)
time.sleep(0.2)
speak(frame({"type": "exit", "code": 0, "ended": "exit"}))
time.sleep(60)`,
    again:
      'bash -c "a=$(wc -c < late); sleep 0.5; b=$(wc -c < late); [ $a = $b ] || echo BREACH somebody still writes"',
    expect: ['failed'],
  },
  {
    ...ROOT,
    id: 'root-speaks-nonsense',
    number: 28,
    title: 'Nonsense in the agent’s place is a failed answer, and no fault of the house.',
    answer: `${SPEAK}
speak(b"\\xff" * 1000)
time.sleep(60)`,
    expect: ['failed'],
  },
  {
    ...ROOT,
    id: 'root-floods-frames',
    number: 11,
    title: 'A flood of empty messages in the agent’s place is ended by the limits.',
    answer: `${SPEAK}
flood = frame({"type": "ready", "protocol": 1, "studentBytes": None}) * 200 + struct.pack(">IBBI", 6, 1, 1, 0) * 500
while True: speak(flood)`,
    time: 2,
    expect: ['timeout', 'failed', 'output-limit'],
  },
  {
    ...ROOT,
    id: 'root-giant-frame',
    number: 13,
    title: 'A message of 90 MiB in the agent’s place is not taken in whole.',
    answer: `${SPEAK}
speak(struct.pack(">IBBI", 90 << 20, 1, 1, 0))
while True: speak(b"x" * 65536)`,
    time: 3,
    expect: ['timeout', 'failed', 'output-limit'],
  },
];
