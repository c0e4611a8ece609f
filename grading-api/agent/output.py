"""The output of a program, forwarded as it comes, counted and cut off."""
import os

import gradeport_frames as frames


class Output:
    """stdout and stderr of channel 0; on_limit is called once, after more than limit bytes were printed."""

    def __init__(self, loop, worker, limit, on_limit):
        self._loop, self._worker, self._limit, self._on_limit = loop, worker, limit, on_limit
        self._open = set()
        self.count = 0
        self.exceeded = False
        self.on_drained = None

    @property
    def drained(self):
        return not self._open

    def pipe(self, stream):
        """Return the writing end of a new pipe whose bytes go to the worker as that stream."""
        reading, writing = os.pipe()
        self.adopt(reading, stream)
        return writing

    def adopt(self, reading, stream):
        """Send the bytes of this reading end to the worker as that stream."""
        os.set_blocking(reading, False)
        self._open.add(reading)
        self._loop.watch(reading, lambda: self._read(reading, stream), pausable=True)

    def say(self, stream, text):
        """Add the agent's own message to one of the program's streams."""
        self._worker.send_bytes(stream, 0, text.encode('utf-8', 'replace'))

    def close(self):
        for fd in list(self._open):
            self._close(fd)

    def _read(self, fd, stream):
        try:
            data = os.read(fd, frames.CHUNK_BYTES)
        except BlockingIOError:
            return
        if not data:
            self._close(fd)
            if self.drained and self.on_drained:
                self.on_drained()
            return
        room = self._limit - self.count
        self.count += len(data)
        if room > 0:
            self._worker.send_bytes(stream, 0, data[:room])
        if self.count > self._limit and not self.exceeded:
            self.exceeded = True
            self._on_limit()

    def _close(self, fd):
        self._loop.forget(fd)
        self._open.discard(fd)
        os.close(fd)
