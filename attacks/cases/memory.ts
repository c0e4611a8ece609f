import type { AttackCase } from '../case.ts';

const py = String.raw;

const fill = (folder: string, tooManyMiB: number) => py`
total = 0
try:
    with open("${folder}/big", "wb", buffering=0) as big:
        while total < 64 << 20: total += big.write(b"x" * (1 << 20))
except OSError: pass
if total > ${tooManyMiB} << 20: breach("%d bytes in ${folder}" % total)
answer()`;

export const memory: AttackCase[] = [
  {
    id: 'allocate',
    number: 16,
    title: 'A program that takes all memory is out of memory.',
    answer: py`
blocks = []
while True: blocks.append(bytearray(4 << 20))`,
    time: 6,
    expect: ['out-of-memory'],
  },
  {
    id: 'allocate-in-children',
    number: 16,
    title: 'The memory of all children together is what counts.',
    answer: py`
for _ in range(20):
    if os.fork() == 0:
        block = bytearray(24 << 20)
        time.sleep(20)
        os._exit(0)
while os.wait()[1] == 0: pass
raise SystemExit(3)`,
    time: 6,
    hardTime: 10,
    expect: ['out-of-memory'],
  },
  {
    id: 'fill-shared-memory',
    number: 17,
    title: '/dev/shm holds 16 MiB at most.',
    answer: fill('/dev/shm', 17),
    expect: ['success'],
  },
  {
    id: 'fill-tmp',
    number: 6,
    title: '/tmp holds 32 MiB at most.',
    answer: fill('/tmp', 33),
    expect: ['success'],
  },
  {
    id: 'stack-overflow',
    number: 18,
    title: 'An overflow of the stack is an ordinary crash of the program.',
    environment: 'c',
    language: 'c',
    answer:
      'int f(int n) { volatile char room[4096]; room[0] = n; return f(n + 1) + room[0]; }\nint main(void) { return f(0); }',
    expect: ['failed'],
  },
  {
    id: 'deep-recursion',
    number: 18,
    title: 'Recursion without end harms only its program.',
    answer: py`
sys.setrecursionlimit(10**9)
def f(n): return [f(n + 1)]
f(0)`,
    time: 6,
    expect: ['failed', 'out-of-memory'],
  },
  {
    id: 'populate',
    number: 19,
    title: 'There is no swap to flee to.',
    answer: py`
import mmap
room = mmap.mmap(-1, 1 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
for at in range(0, 1 << 30, 4096): room[at] = 1
answer()`,
    time: 8,
    expect: ['out-of-memory'],
  },
  {
    id: 'memfd',
    number: 17,
    title: 'Files in memory count as memory.',
    answer: py`
fd = os.memfd_create("big")
for part in range(40):
    other = os.memfd_create("big%d" % part)
    for _ in range(7): os.write(other, b"x" * (1 << 20))
answer()`,
    time: 6,
    expect: ['out-of-memory'],
  },
  {
    id: 'system-v-memory',
    number: 17,
    title: 'System V shared memory counts as memory.',
    answer: py`
import ctypes
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
for key in range(10):
    size = 64 << 20
    segment = libc.shmget(0, size, 0o1600)
    if segment < 0: continue
    at = libc.shmat(segment, None, 0)
    ctypes.memset(at, 1, size)
answer()`,
    time: 6,
    expect: ['out-of-memory'],
  },
  {
    id: 'protect-from-the-oom-killer',
    number: null,
    title: 'A program cannot make itself safer than the machine’s own programs when memory ends.',
    answer: py`
for path, value in (("/proc/self/oom_score_adj", "-1000"), ("/proc/self/oom_score_adj", "0"), ("/proc/self/oom_adj", "-17")):
    try:
        with open(path, "w") as file: file.write(value)
    except OSError: continue
    if int(open("/proc/self/oom_score_adj").read()) < 0 and os.uname().release != "4.4.0": breach(path + " is now " + value)
blocks = []
while True: blocks.append(bytearray(4 << 20))`,
    time: 6,
    expect: ['out-of-memory'],
  },
  {
    id: 'pipes',
    number: null,
    title: 'Memory hidden in pipes is bounded.',
    answer: py`
import fcntl
kept = []
try:
    while True:
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        kept += [reading, writing]
        try:
            fcntl.fcntl(writing, 1031, 1 << 20)
        except OSError: pass
        try:
            while True: os.write(writing, b"x" * 65536)
        except BlockingIOError: pass
except OSError: pass
answer()`,
    time: 6,
    expect: ['success', 'out-of-memory'],
  },
  {
    id: 'sockets',
    number: null,
    title: 'Memory hidden in sockets is bounded.',
    answer: py`
import socket
kept = []
try:
    while True:
        pair = socket.socketpair()
        kept += pair
        pair[0].setblocking(False)
        pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
        try:
            while True: pair[0].send(b"x" * 65536)
        except BlockingIOError: pass
except OSError: pass
answer()`,
    time: 6,
    expect: ['success', 'out-of-memory'],
  },
  {
    id: 'buffers-of-connections',
    number: null,
    title: 'Memory hidden in the buffers of TCP connections is bounded.',
    answer: py`
import socket
kept, total, end = [socket.create_server(("127.0.0.1", 0))], 0, time.time() + 4
try:
    while time.time() < end and total < 1 << 30:
        near = socket.create_connection(kept[0].getsockname(), 1)
        kept += [near, kept[0].accept()[0]]
        near.setblocking(False)
        try:
            while True: total += near.send(b"x" * 262144)
        except BlockingIOError: pass
except OSError: pass
if total > 160 << 20: breach("%d MiB in buffers of connections" % (total >> 20))
answer()`,
    time: 6,
    hardTime: 10,
    expect: ['success', 'out-of-memory'],
  },
  {
    id: 'buffers-of-connections-in-children',
    number: null,
    title: 'The buffers of all children count together, also where each has few.',
    answer: py`
import socket
reading, writing = os.pipe()
for _ in range(12):
    if os.fork() == 0:
        kept, total, end = [socket.create_server(("::1", 0), family=socket.AF_INET6)], 0, time.time() + 3
        try:
            while time.time() < end and total < 80 << 20:
                near = socket.create_connection(kept[0].getsockname()[:2], 1)
                kept += [near, kept[0].accept()[0]]
                near.setblocking(False)
                try:
                    while True: total += near.send(b"x" * 262144)
                except BlockingIOError: pass
        except OSError: pass
        os.write(writing, b"%d\n" % total)
        time.sleep(max(0, end + 0.5 - time.time()))
        os._exit(0)
os.close(writing)
total = sum(int(line) for line in os.fdopen(reading))
if total > 160 << 20: breach("%d MiB in buffers of connections" % (total >> 20))
answer()`,
    time: 8,
    hardTime: 12,
    expect: ['success', 'out-of-memory'],
  },
  {
    id: 'buffers-of-datagrams',
    number: null,
    title: 'Memory hidden in datagrams that nobody receives is bounded.',
    answer: py`
import socket
reading, writing = os.pipe()
for _ in range(12):
    if os.fork() == 0:
        kept, end = [], time.time() + 3
        out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            while len(kept) < 300 and time.time() < end:
                to = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                to.bind(("127.0.0.1", 0))
                to.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
                kept.append(to)
                room = to.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
                for _ in range(room // 65000): out.sendto(b"x" * 60000, socket.MSG_DONTWAIT, to.getsockname())
        except OSError: pass
        held = 0
        for to in kept:
            to.setblocking(False)
            try:
                while True: held += len(to.recv(65536))
            except OSError: pass
        os.write(writing, b"%d\n" % held)
        os._exit(0)
os.close(writing)
total = sum(int(line) for line in os.fdopen(reading))
if total > 160 << 20: breach("%d MiB in datagrams" % (total >> 20))
answer()`,
    time: 8,
    hardTime: 12,
    expect: ['success', 'out-of-memory'],
  },
];
