"""The student program's stdin. Unread input waits here, up to a bound: the worker never waits.

The agent reports what the program read, so that the grader's side sends no more; the bound is for one that does.
"""
import fcntl
import os
import struct
import termios

from identity import acting_as

MAX_BYTES = 8 * 1024 * 1024
WRITE_BYTES = 64 * 1024
REPORT_BYTES = 64 * 1024


class StudentInput:
    def __init__(self, loop, fd, on_taken, user):
        self._loop, self._fd, self._on_taken, self._user = loop, fd, on_taken, user
        self._taken = 0
        self._given = 0
        self._left = 0
        self._kept = None
        self._waiting = bytearray()
        self._closing = False
        os.set_blocking(fd, False)
        loop.watch(fd, None, self._write)

    def give(self, data):
        """Pass data on; False if the program has left too much unread."""
        self._given += len(data)
        if self._fd is None or self._closing:
            self._left += len(data)
            self._took(len(data))  # nobody reads it: there is nothing left to wait for
            return True
        self._waiting += data
        self._write()
        return len(self._waiting) <= MAX_BYTES

    def close(self):
        """End of the input, after what still waits."""
        self._closing = True
        if self._fd is not None:
            self._write()

    def drop(self):
        """The program reads no more input."""
        if self._fd is not None:
            self._left += _unread(self._fd) + len(self._waiting)
            self._forget()
            self._took(len(self._waiting))
            self._waiting.clear()

    def bytes_read(self):
        """How much the program has read; it is over. What it left in the pipe may be read by the grader's next program."""
        self.drop()
        if self._kept is not None:
            self._left += _unread(self._kept)
            os.close(self._kept)
            self._kept = None
        return self._given - self._left

    def _end(self):
        """All is written: the program reads the end, and the pipe stays for us to look at."""
        try:
            with acting_as(self._user):  # the pipe is its user's
                self._kept = os.open('/proc/self/fd/%d' % self._fd, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            pass  # what it leaves counts as read
        self._forget()

    def _forget(self):
        self._loop.forget(self._fd)
        os.close(self._fd)
        self._fd = None

    def _write(self):
        try:
            while self._waiting:
                with memoryview(self._waiting) as view:
                    count = os.write(self._fd, view[:WRITE_BYTES])
                del self._waiting[:count]
                self._took(count)
        except BlockingIOError:
            pass
        except OSError:
            self.drop()  # the program closed its stdin
            return
        if self._closing and not self._waiting:
            self._end()
        else:
            self._loop.want_write(self._fd, bool(self._waiting))

    def _took(self, count):
        self._taken += count
        if self._taken >= REPORT_BYTES:
            taken, self._taken = self._taken, 0
            self._on_taken(taken)


def _unread(fd):
    """How many bytes wait in a pipe: ioctl(2), FIONREAD."""
    try:
        return struct.unpack('i', fcntl.ioctl(fd, termios.FIONREAD, struct.pack('i', 0)))[0]
    except OSError:
        return 0
