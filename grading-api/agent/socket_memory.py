"""Memory that waits in sockets, where the kernel counts it for no container: control groups version 1 without a limit of it.

runc sets none. The kernel then counts such memory for the whole machine, and lists the sockets of each network with the
bytes that wait in them. Neither is what this container holds, but it holds no more than the machine's count has grown since
the program began, and no more than its own sockets can hold.
"""
import os
import time

PAGE = os.sysconf('SC_PAGE_SIZE')
# What a listed socket holds for each byte that waits to be read: one byte, or more on a kernel that keeps small messages
# apart. UDP's table has the memory itself.
TABLES = (('tcp', 8), ('tcp6', 8), ('udp', 1), ('udp6', 1))
# A socket whose connection was reset keeps what it received and is listed no more. This is the most that a kernel lets one
# socket receive (tcp_rmem), except where new kernels allow 32 MiB.
UNLISTED_BYTES = 6 << 20
# States of /proc/net/tcp: SYN_RECV and TIME_WAIT are no sockets yet or any more; of LISTEN the columns count connections.
NO_SOCKETS = (b'03', b'06', b'0C')
LISTENING = b'0A'
# More than any honest program fills; what is not read counts as not listed.
TABLE_BYTES = 4 << 20
# The kernel walks through the machine's sockets for each table of TCP, some 5 ms: looking takes a tenth of the time at most.
PAUSE = 10


def _read(path, most=8192):
    """The content of a file of /proc, to the end of a line; empty if it is not there."""
    parts, size = [], 0
    try:
        fd = os.open(path, os.O_RDONLY)
    except OSError:
        return b''
    try:
        while size < most:
            part = os.read(fd, 65536)
            if not part:
                return b''.join(parts)
            parts.append(part)
            size += len(part)
        return b''.join(parts).rpartition(b'\n')[0]
    except OSError:
        return b''
    finally:
        os.close(fd)


def _counts(text):
    """{'TCP': {'inuse': 1, 'mem': 3}} of sockstat's "TCP: inuse 1 mem 3"."""
    found = {}
    for line in text.decode('ascii', 'replace').splitlines():
        name, _, rest = line.partition(':')
        words = rest.split()
        found[name] = {key: int(value) for key, value in zip(words[::2], words[1::2]) if value.isdigit()}
    return found


class SocketMemory:
    def __init__(self, most, net='/proc/net'):
        self._most, self._net = most, net
        counts = self._sockstat()
        # gVisor has no such file: there, sockets are memory of its kernel.
        self._is_known = bool(counts)
        self._before = self._of_the_machine(counts)
        self._is_over = False
        self._next = 0

    def is_over(self):
        """Whether the container ever held too much, as far as was looked."""
        if self._is_known and not self._is_over:
            counts = self._sockstat()
            grown = self._of_the_machine(counts) - self._before
            began = time.monotonic()
            if grown > self._most and began >= self._next:
                self._is_over = self._can_hold(counts) > self._most
                now = time.monotonic()
                self._next = now + PAUSE * (now - began)
        return self._is_over

    def _sockstat(self):
        return _counts(_read(self._net + '/sockstat'))

    def _of_the_machine(self, counts):
        return sum(counts.get(name, {}).get('mem', 0) for name in ('TCP', 'UDP')) * PAGE

    def _can_hold(self, counts):
        """Bytes; a bound from above."""
        counts = {**counts, **_counts(_read(self._net + '/sockstat6'))}
        listed, held = _read(self._net + '/unix', TABLE_BYTES).count(b'\n'), 0
        for name, each in TABLES:
            if counts.get(name.upper(), {}).get('inuse', 0) == 0:
                continue
            for line in _read(self._net + '/' + name, TABLE_BYTES).splitlines()[1:]:
                state, queues = (line.split(None, 5) + [b'', b''])[3:5]
                if b':' not in queues or state in NO_SOCKETS:
                    continue
                listed += 1
                if state != LISTENING:
                    sending, _, received = queues.partition(b':')
                    held += 2 * int(sending, 16) + each * int(received, 16)
        unlisted = counts.get('sockets', {}).get('used', 0) - listed
        return held + max(0, unlisted) * UNLISTED_BYTES
