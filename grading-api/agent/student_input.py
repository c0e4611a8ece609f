"""The student program's stdin. Unread input waits here, up to a bound: the worker never waits.

The agent reports what the program has read, which a pipe tells to those who ask it: the grader's side sends no more than a
window beyond it, and takes no more from its own input. The bound is for one that does.
"""
import fcntl
import os
import select
import struct
import termios

from identity import acting_as

MAX_BYTES = 2 * 1024 * 1024
WRITE_BYTES = 64 * 1024
REPORT_BYTES = 64 * 1024
# How soon to ask the pipe again while it holds something: a program that answers at once reads at once.
SOONEST_SECONDS, LATEST_SECONDS = 0.001, 0.05


class StudentInput:
    def __init__(self, loop, fd, user, on_taken, on_closed):
        """fd: the writing end of a pipe, which belongs to the user; on_closed is called when the program closed the other."""
        self._loop, self._fd, self._user = loop, fd, user
        self._on_taken, self._on_closed = on_taken, on_closed
        self._asked = fd
        self._written = self._reported = 0
        self._waiting = bytearray()
        self._closing = False
        self._patience = SOONEST_SECONDS
        os.set_blocking(fd, False)
        loop.watch(fd, None, self._write)

    def give(self, data):
        """Pass data on; False if the program has left too much unread."""
        if self._fd is None or self._closing:
            return True  # it has no reader
        self._waiting += data
        self._patience = SOONEST_SECONDS
        self._write()
        return len(self._waiting) <= MAX_BYTES

    def close(self):
        """End of the input, after what still waits."""
        self._closing = True
        if self._fd is not None:
            self._write()

    def drop(self):
        """The program reads no more input."""
        self._waiting.clear()
        self._loop.cancel('stdin')
        self._report()
        for fd in {self._fd, self._asked} - {None}:
            self._loop.forget(fd)
            os.close(fd)
        self._fd = self._asked = None

    def _write(self):
        try:
            while self._waiting:
                with memoryview(self._waiting) as view:
                    count = os.write(self._fd, view[:WRITE_BYTES])
                del self._waiting[:count]
                self._written += count
        except BlockingIOError:
            pass
        except OSError:
            self._gone()
            return
        if self._closing and not self._waiting:
            self._end()
        else:
            self._loop.want_write(self._fd, bool(self._waiting))
        if self._written - self._reported >= REPORT_BYTES:
            self._report()
        if self._written > self._reported:
            self._loop.after('stdin', self._patience, self._ask)

    def _end(self):
        """Close the writing end: the program sees the end of its input. Another one tells what it has read until then."""
        self._asked = None
        if self._written > self._reported:
            try:
                with acting_as(self._user):
                    self._asked = os.open('/proc/self/fd/%d' % self._fd, os.O_RDONLY | os.O_NONBLOCK)
            except OSError:
                self._on_taken(self._written - self._reported)
        self._loop.forget(self._fd)
        os.close(self._fd)
        self._fd = None

    def _ask(self):
        before = self._reported
        self._report()
        if self._fd is not None and _has_no_reader(self._fd):
            self._gone()
        elif self._reported < self._written:
            self._patience = SOONEST_SECONDS if self._reported > before else min(2 * self._patience, LATEST_SECONDS)
            self._loop.after('stdin', self._patience, self._ask)

    def _report(self):
        if self._asked is None:
            return
        read = self._written - _held(self._asked)
        if read > self._reported:
            self._on_taken(read - self._reported)
            self._reported = read

    def _gone(self):
        """The program closed its stdin."""
        self.drop()
        self._on_closed()


def _held(fd):
    """How many bytes are in a pipe."""
    return struct.unpack('i', fcntl.ioctl(fd, termios.FIONREAD, b'\0' * 4))[0]


def _has_no_reader(fd):
    poll = select.poll()
    poll.register(fd, 0)
    return any(flags & select.POLLERR for _, flags in poll.poll(0))
