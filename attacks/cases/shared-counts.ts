/** Resources that a shared kernel counts once for all runs, because they belong to one user or one machine. */
import type { AttackCase } from '../case.ts';
import { BOTH, BY_THE_ENGINE, HOLD, looking } from './cross-run.ts';

const py = String.raw;

export const sharedCounts: AttackCase[] = [
  {
    id: 'inotify-of-the-user',
    open: {
      ...BY_THE_ENGINE,
      what: 'The kernel counts inotify instances per user (fs.inotify.max_user_instances, 128), and all runs that the engine starts are uid 4242 of one kernel: while one run holds them all, programs of other runs that watch files get EMFILE. Closed where Gradeport starts the runtime itself, and by a runtime with a kernel of its own (runsc).',
    },
    number: null,
    title: 'A run cannot use up the file watches of other runs.',
    answer: py`
import ctypes
libc = ctypes.CDLL(None)
while libc.inotify_init() >= 0: pass
${HOLD}`,
    partner: looking('libc.inotify_init() < 0'),
    ...BOTH,
  },
  {
    id: 'terminals-of-the-machine',
    open: {
      ...BY_THE_ENGINE,
      what: 'The kernel has one number of pseudo-terminals for all containers (kernel.pty.max, 4096; the machine itself keeps kernel.pty.reserve): while one run holds them all, programs of other runs that ask for one get ENOSPC. Closed where Gradeport starts the runtime itself (32 for each container), and by a runtime with a kernel of its own (runsc).',
    },
    number: null,
    title: 'A run cannot use up the terminals of other runs.',
    answer: py`
kept = []
for _ in range(8):
    if os.fork() == 0: break
try:
    while True: kept.append(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY))
except OSError: pass
time.sleep(2.5)
answer()`,
    partner: py`
end = time.time() + 2.5
refused = None
while time.time() < end:
    try: os.close(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY))
    except OSError as error: refused = str(error)
    time.sleep(0.1)
if refused: breach("no terminal: " + refused)
answer()`,
    // Thousands of terminals need more memory than a run has, so the run may end for that.
    ...BOTH,
    expect: ['success', 'out-of-memory', 'failed'],
  },
  {
    id: 'descriptors-in-flight',
    open: {
      ...BY_THE_ENGINE,
      what: 'The kernel counts descriptors that are sent and not yet received per user, against RLIMIT_NOFILE, and all runs that the engine starts are uid 4242 of one kernel: while one run keeps that many in flight, programs of other runs cannot send any (ETOOMANYREFS). Closed where Gradeport starts the runtime itself, and by a runtime with a kernel of its own (runsc).',
    },
    number: null,
    title: 'A run cannot use up the right of other runs to send descriptors.',
    answer: py`
import socket, array
kept = []
null = os.open("/dev/null", os.O_RDONLY)
try:
    while True:
        pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        kept += pair
        for _ in range(8): socket.send_fds(pair[0], [b"x"], [null] * 250)
except OSError: pass
${HOLD}`,
    partner: py`
import socket
end = time.time() + 2.5
refused = None
while time.time() < end:
    one, two = socket.socketpair()
    try: socket.send_fds(one, [b"x"], [0])
    except OSError as error: refused = str(error)
    one.close(); two.close()
    time.sleep(0.1)
if refused: breach("no descriptors: " + refused)
answer()`,
    ...BOTH,
  },
  {
    id: 'pending-signals-of-the-user',
    open: {
      ...BY_THE_ENGINE,
      what: 'The kernel counts pending signals and timers per user (RLIMIT_SIGPENDING), and all runs that the engine starts are uid 4242 of one kernel: while one run has them all, timers of other runs get EAGAIN. Closed where Gradeport starts the runtime itself, and by a runtime with a kernel of its own (runsc).',
    },
    number: null,
    title: 'A run cannot use up the timers of other runs.',
    // 400 bytes each, and some 100,000 of them for 24 GiB of the machine: seconds on one processor.
    answer: py`
import ctypes
libc = ctypes.CDLL(None)
timer = ctypes.c_int()
while libc.syscall(222, 0, None, ctypes.byref(timer)) >= 0: pass
time.sleep(6)
answer()`,
    partner: py`
import ctypes
libc = ctypes.CDLL(None)
end = time.time() + 9
refused = False
while time.time() < end and not refused:
    timer = ctypes.c_int()
    refused = libc.syscall(222, 0, None, ctypes.byref(timer)) < 0
    if not refused: libc.syscall(226, timer)
    time.sleep(0.1)
if refused: breach("no timer")
answer()`,
    time: 12,
    hardTime: 30,
    memory: 256,
    expect: ['success', 'out-of-memory', 'failed'],
    // Inside gVisor nothing counts them, until its memory or the processor time is used up.
    expectOn: { runsc: ['success', 'out-of-memory', 'failed', 'timeout'] },
  },
  {
    id: 'pipes-of-the-user',
    open: {
      ...BY_THE_ENGINE,
      what: 'The kernel counts pages of pipes per user (fs.pipe-user-pages-soft, 64 MiB), and all runs that the engine starts are uid 4242 of one kernel: while one run has that many, pipes of other runs are small and cannot grow. Closed where Gradeport starts the runtime itself, and by a runtime with a kernel of its own (runsc).',
    },
    number: null,
    title: 'A run cannot use up the pipes of other runs.',
    answer: py`
import fcntl
kept = []
try:
    for _ in range(400):
        kept.append(os.pipe())
        try: fcntl.fcntl(kept[-1][1], 1031, 1 << 20)
        except OSError: pass
except OSError: pass
${HOLD}`,
    partner: py`
import fcntl
end = time.time() + 2.5
refused = None
while time.time() < end:
    one, two = os.pipe()
    try: fcntl.fcntl(two, 1031, 1 << 18)
    except OSError as error: refused = str(error)
    if fcntl.fcntl(two, 1032) < 65536: refused = "a pipe of %d bytes" % fcntl.fcntl(two, 1032)
    os.close(one); os.close(two)
    time.sleep(0.1)
if refused: breach("no pipe: " + refused)
answer()`,
    ...BOTH,
  },
  {
    id: 'message-queues-of-the-user',
    number: null,
    title: 'No message queue is made, so its bytes, which the kernel counts per user, cannot be used up.',
    answer: py`
import ctypes
libc = ctypes.CDLL(None)
if os.uname().release != "4.4.0" and libc.syscall(240, b"one", os.O_CREAT | os.O_RDWR, 0o600, None) >= 0: breach("a queue")
answer()`,
    expect: ['success'],
  },
];
