"""The output of a program, forwarded as it comes, counted and cut off."""
import os

import gradeport_frames as frames


class Output:
    """stdout and stderr of channel 0; on_limit is called once, after more than limit bytes were printed.

    window: how many bytes of a stream may be on their way to the one who reads them; None: any number.
    """

    def __init__(self, loop, worker, limit, on_limit, window=None):
        self._loop, self._worker, self._limit, self._on_limit = loop, worker, limit, on_limit
        self._window = window
        self._untaken = {}
        self._open = {}
        self.count = 0
        self.exceeded = False
        self.on_drained = None

    def drain(self):
        """Nothing writes any more: read what the pipes still hold; return whether it was read."""
        self._window = None
        self._make_room()
        return not self._open

    def taken(self, stream, count):
        """The reader took so many bytes of the stream."""
        self._untaken[stream] = max(0, self._untaken.get(stream, 0) - count)
        self._make_room()

    def pipe(self, stream):
        """Return the writing end of a new pipe whose bytes go to the worker as that stream."""
        reading, writing = os.pipe()
        self.adopt(reading, stream)
        return writing

    def adopt(self, reading, stream):
        """Send the bytes of this reading end to the worker as that stream."""
        os.set_blocking(reading, False)
        self._open[reading] = stream
        self._loop.watch(reading, lambda: self._read(reading, stream), pausable=True)

    def say(self, stream, text):
        """Add the agent's own message to one of the program's streams."""
        self._worker.send_bytes(stream, 0, text.encode('utf-8', 'replace'))

    def close(self):
        for fd in list(self._open):
            self._close(fd)

    def _read(self, fd, stream):
        try:
            data = os.read(fd, min(frames.CHUNK_BYTES, self._room(stream)))
        except BlockingIOError:
            return
        if not data:
            self._close(fd)
            if not self._open and self.on_drained:
                self.on_drained()
            return
        room = self._limit - self.count
        self.count += len(data)
        if room > 0:
            self._worker.send_bytes(stream, 0, data[:room])
            self._untaken[stream] = self._untaken.get(stream, 0) + len(data[:room])
            self._make_room()
        if self.count > self._limit and not self.exceeded:
            self.exceeded = True
            self._on_limit()

    def _close(self, fd):
        self._loop.forget(fd)
        del self._open[fd]
        os.close(fd)

    def _make_room(self):
        """Read only the streams whose reader keeps up: the program waits for the others, as with any pipe."""
        for fd, stream in self._open.items():
            self._loop.want_read(fd, self._room(stream) > 0)

    def _room(self, stream):
        return frames.CHUNK_BYTES if self._window is None else self._window - self._untaken.get(stream, 0)
