/** Memory that waits in sockets where no program has taken it up yet. */
import type { AttackCase } from '../case.ts';

const py = String.raw;

export const socketBuffers: AttackCase[] = [
  {
    id: 'buffers-before-accept',
    number: null,
    title: 'Memory hidden in connections that were never accepted is bounded.',
    answer: py`
import socket
kept, total, end = [socket.create_server(("127.0.0.1", 0), backlog=4096)], 0, time.time() + 4
try:
    while time.time() < end and total < 1 << 30:
        near = socket.socket(); near.settimeout(1)
        near.connect(kept[0].getsockname())
        kept.append(near)
        near.setblocking(False)
        try:
            while True: total += near.send(b"x" * 262144)
        except BlockingIOError: pass
except OSError: pass
if total > 160 << 20: breach("%d MiB in connections" % (total >> 20))
answer()`,
    time: 6,
    hardTime: 10,
    expect: ['success', 'out-of-memory'],
  },
  {
    id: 'buffers-of-corked-datagrams',
    number: null,
    title:
      'Memory hidden in datagrams that are held back, and in sockets that were sent to no reader, is bounded.',
    answer: py`
import socket, array
reading, writing = os.pipe()
for _ in range(12):
    if os.fork() == 0:
        held, kept, end = 0, [], time.time() + 3
        try:
            while len(kept) < 900 and time.time() < end:
                out = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
                out.setsockopt(17, 1, 1)
                out.connect(("::1", 9))
                kept.append(out)
                out.setblocking(False)
                for _ in range(4): held += out.send(b"x" * 15000)
                one, two = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
                one.setblocking(False)
                kept += [one, two]
                try:
                    while True: held += one.send(b"x" * 60000)
                except OSError: pass
        except OSError: pass
        os.write(writing, b"%d\n" % held)
        time.sleep(max(0, end + 0.3 - time.time()))
        os._exit(0)
os.close(writing)
total = sum(int(line) for line in os.fdopen(reading))
if total > 160 << 20: breach("%d MiB in datagrams" % (total >> 20))
answer()`,
    time: 8,
    hardTime: 12,
    expect: ['success', 'out-of-memory'],
  },
  {
    id: 'buffers-after-reset',
    number: null,
    title: 'Memory hidden in sockets whose connection was reset is bounded.',
    answer: py`
import array, fcntl, socket, struct
reading, writing = os.pipe()
for _ in range(12):
    if os.fork() == 0:
        held, kept, end = 0, [], time.time() + 3
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
        server.bind(("127.0.0.1", 0))
        server.listen()
        try:
            while len(kept) < 900 and time.time() < end:
                near = socket.create_connection(server.getsockname(), 1)
                far = server.accept()[0]
                near.setblocking(False)
                try:
                    while True: near.send(b"x" * 262144)
                except BlockingIOError: pass
                near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                near.close()
                waiting = array.array("i", [0])
                fcntl.ioctl(far, 0x541B, waiting)
                held += waiting[0]
                kept.append(far)
        except OSError: pass
        os.write(writing, b"%d\n" % held)
        time.sleep(max(0, end + 0.3 - time.time()))
        os._exit(0)
os.close(writing)
total = sum(int(line) for line in os.fdopen(reading))
if total > 160 << 20: breach("%d MiB in connections that were reset" % (total >> 20))
answer()`,
    time: 8,
    hardTime: 12,
    expect: ['success', 'out-of-memory'],
    // gVisor's network stack is slower than the kernel's, and may use up the processor time first.
    expectOn: { runsc: ['success', 'out-of-memory', 'timeout'] },
  },
];
