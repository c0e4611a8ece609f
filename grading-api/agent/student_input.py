"""The student program's stdin. Unread input waits here, up to a bound: the worker never waits.

The agent reports what the program read, so that the grader's side sends no more; the bound is for one that does.
"""
import os

MAX_BYTES = 8 * 1024 * 1024
WRITE_BYTES = 64 * 1024
REPORT_BYTES = 64 * 1024


class StudentInput:
    def __init__(self, loop, fd, on_taken):
        self._loop, self._fd, self._on_taken = loop, fd, on_taken
        self._taken = 0
        self._waiting = bytearray()
        self._closing = False
        os.set_blocking(fd, False)
        loop.watch(fd, None, self._write)

    def give(self, data):
        """Pass data on; False if the program has left too much unread."""
        if self._fd is None or self._closing:
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
            self._loop.forget(self._fd)
            os.close(self._fd)
            self._fd = None
            self._took(len(self._waiting))
            self._waiting.clear()

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
            self.drop()
        else:
            self._loop.want_write(self._fd, bool(self._waiting))

    def _took(self, count):
        self._taken += count
        if self._taken >= REPORT_BYTES:
            taken, self._taken = self._taken, 0
            self._on_taken(taken)
