import type { AttackCase } from '../case.ts';
import { FILLED_FOLDER } from './disk.ts';

const py = String.raw;

/** Root needs its own kernel. */
export const ROOT = {
  environment: 'sandbox-root',
  only: {
    runtimes: ['runsc'],
    because: 'Root is given only on a runtime with a kernel of its own.',
  },
  time: 4,
  hardTime: 10,
} as const;

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
    ...FILLED_FOLDER,
    id: 'root-fills-its-folder',
    title: 'Root cannot fill more than the student folder.',
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
    // Root's forks have no limit inside gVisor: memory or time may run out before its agent can count.
    expectOn: { runsc: ['process-limit', 'out-of-memory', 'timeout'] },
  },
];
