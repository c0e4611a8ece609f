import type { AttackCase } from '../case.ts';

const py = String.raw;

/** Both runs start within this time of each other, even on a slow machine: one waits, the other polls. */
export const HOLD = 'time.sleep(2.5)\nanswer()';
export const looking = (look: string): string => py`
import socket, ctypes, fcntl
libc = ctypes.CDLL(None, use_errno=True)
found = None
end = time.time() + 2.5
while time.time() < end and not found:
    try: found = (${look})
    except (OSError, ValueError): pass
    time.sleep(0.1)
if found: breach("found %r" % (found,))
answer()`;

/** The engine maps no users and mounts nothing of a container's own: what one kernel counts per user, all runs share. */
export const BY_THE_ENGINE: Pick<NonNullable<AttackCase['open']>, 'runtimes' | 'ways'> = {
  runtimes: ['runc', 'crun'],
  ways: ['local', 'portable'],
};
export const BOTH = { time: 4, hardTime: 12, expect: ['success'] } as const;

export const crossRun: AttackCase[] = [
  {
    id: 'abstract-sockets',
    number: 39,
    title: 'Two runs cannot talk through abstract unix sockets.',
    answer: py`
import socket
link = socket.socket(socket.AF_UNIX); link.bind("\0gradeport-attack"); link.listen()
${HOLD}`,
    partner: looking(py`socket.socket(socket.AF_UNIX).connect("\0gradeport-attack") is None`),
    ...BOTH,
  },
  {
    id: 'shared-folders',
    number: 39,
    title: 'Two runs cannot talk through /dev/shm, /tmp, /dev/mqueue or any other writable folder.',
    answer: py`
for place in ("/dev/shm", "/tmp", "/dev/mqueue", "/var/tmp", "/run", "/task/student", "/var/lock", "/dev"):
    try: open(place + "/gradeport-attack", "w").close()
    except OSError: pass
${HOLD}`,
    partner: looking(
      py`[place for place in ("/dev/shm", "/tmp", "/dev/mqueue", "/var/tmp", "/run", "/task/student", "/var/lock", "/dev") if os.path.exists(place + "/gradeport-attack")]`,
    ),
    ...BOTH,
  },
  {
    id: 'system-v',
    number: 39,
    title: 'Two runs cannot talk through System V memory, semaphores or messages.',
    answer: py`
import ctypes
libc = ctypes.CDLL(None)
libc.shmget(4711, 4096, 0o1666); libc.semget(4711, 1, 0o1666); libc.msgget(4711, 0o1666)
${HOLD}`,
    partner: looking(
      'libc.shmget(4711, 4096, 0) >= 0 or libc.semget(4711, 1, 0) >= 0 or libc.msgget(4711, 0) >= 0',
    ),
    ...BOTH,
  },
  {
    id: 'message-queues',
    number: 39,
    title: 'Two runs cannot talk through POSIX message queues.',
    answer: py`
import ctypes
rt = ctypes.CDLL("librt.so.1")
rt.mq_open(b"/gradeport-attack", 0o102, 0o666, None)
${HOLD}`,
    partner: looking('ctypes.CDLL("librt.so.1").mq_open(b"/gradeport-attack", 0) >= 0'),
    ...BOTH,
  },
  {
    id: 'keyrings',
    number: 39,
    title: 'Two runs cannot talk through the keyring of their user.',
    answer: py`
import ctypes
libc = ctypes.CDLL(None)
for ring in (-3, -4, -5): libc.syscall(248, b"user", b"gradeport-attack", b"word", 4, ring)
${HOLD}`,
    partner: looking(
      'any(libc.syscall(250, 10, ring, b"user", b"gradeport-attack", 0) >= 0 for ring in (-3, -4, -5))',
    ),
    ...BOTH,
  },
  {
    id: 'file-locks',
    number: 39,
    title: 'Two runs cannot talk through locks on files of their image.',
    answer: py`
import fcntl
kept = [open(path) for path in ("/etc/passwd", "/usr/bin/env", "/bin/sh", "/etc/debian_version")]
for file in kept: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
${HOLD}`,
    partner: py`
import fcntl
end = time.time() + 2.5
while time.time() < end:
    for path in ("/etc/passwd", "/usr/bin/env", "/bin/sh", "/etc/debian_version"):
        with open(path) as file:
            try: fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError: breach("locked: " + path)
    time.sleep(0.1)
answer()`,
    ...BOTH,
  },
  {
    id: 'locks-on-mounted-files',
    open: {
      ...BY_THE_ENGINE,
      what: 'The grading API and the devices of /dev are the same files in all containers, and flock needs no right to write: one run can hold a lock that another sees. Where Gradeport starts the runtime itself, each run has files of its own.',
    },
    number: 39,
    title: 'Two runs cannot talk through locks on the files that Gradeport mounts into both.',
    answer: py`
import fcntl
kept = []
for path in ("/opt/gradeport/agent/main.py", "/etc/hosts", "/dev/null", "/dev/zero", "/dev/urandom"):
    try:
        kept.append(open(path))
        fcntl.flock(kept[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError: pass
${HOLD}`,
    partner: py`
import fcntl
end = time.time() + 2.5
locked = set()
while time.time() < end:
    for path in ("/opt/gradeport/agent/main.py", "/etc/hosts", "/dev/null", "/dev/zero", "/dev/urandom"):
        try:
            with open(path) as file:
                try: fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError: locked.add(path)
        except OSError: pass
    time.sleep(0.1)
if locked: breach("locked: %s" % sorted(locked))
answer()`,
    ...BOTH,
  },
  {
    id: 'watching-shared-files',
    open: {
      ...BY_THE_ENGINE,
      what: 'The grading API is the same files in all containers, and inotify tells a run that another one opens them. Where Gradeport starts the runtime itself, each run has files of its own.',
    },
    number: null,
    title: 'A run does not notice when another one opens the files that both see.',
    answer: py`
end = time.time() + 2.5
while time.time() < end:
    for _ in range(50):
        for path in ("/opt/gradeport/agent/main.py", "/opt/gradeport/python/gradeport_frames.py", "/dev/zero", "/bin/sh"):
            open(path, "rb").close()
    time.sleep(0.02)
answer()`,
    partner: py`
import ctypes, struct
libc = ctypes.CDLL(None)
watcher = libc.inotify_init1(0o4000)
paths = ("/opt/gradeport/agent/main.py", "/opt/gradeport/python/gradeport_frames.py", "/dev/zero", "/bin/sh")
watches = {libc.inotify_add_watch(watcher, path.encode(), 0x20): path for path in paths}
seen = {}
end = time.time() + 2.5
while time.time() < end:
    try: events = os.read(watcher, 65536)
    except OSError: events = b""
    while events:
        watch, _, _, length = struct.unpack_from("iIII", events)
        seen[watch] = seen.get(watch, 0) + 1
        events = events[16 + length:]
    time.sleep(0.02)
# The agent of its own container opens some of them, once or twice.
for watch, count in seen.items():
    if count > 20: breach("%s was opened %d times" % (watches.get(watch), count))
answer()`,
    ...BOTH,
  },
  {
    id: 'left-for-the-next',
    number: 40,
    title: 'The next student run of a submission starts with an empty /tmp, /dev/shm and no process.',
    answer: py`
import ctypes
for place in ("/tmp", "/dev/shm", "/dev/mqueue"):
    try: open(place + "/left", "w").close()
    except OSError: pass
ctypes.CDLL(None).shmget(4711, 4096, 0o1666)
if os.fork() == 0:
    os.setsid()
    time.sleep(60)
answer()`,
    again: `bash -c "ls -A /tmp /dev/shm /dev/mqueue; grep -c 4711 /proc/sysvipc/shm; ls -d /proc/[0-9]* | wc -l"`,
    expect: ['success'],
    check: ({ said }) => (said.again.includes('left') ? `it found ${said.again}` : null),
  },
];
