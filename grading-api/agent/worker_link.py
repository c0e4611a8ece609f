"""The connection to the worker: its socket, or stdin and stdout. If one ends, the worker is gone, and we end, too."""
import os
import sys

import gradeport_frames as frames

PAUSE_BYTES, RESUME_BYTES = 4 * 1024 * 1024, 1024 * 1024
WRITE_BYTES = 256 * 1024
LINE = '/opt/gradeport-line'


def complain(sentence):
    """Report to the operator, through the container's stderr; never fails."""
    try:
        os.write(2, ('Gradeport: %s\n' % sentence).encode('utf-8', 'replace'))
    except OSError:
        pass


def _direct_line():
    """A descriptor of the worker's own socket; None if there is none, or if an engine elsewhere is in between."""
    if not os.path.exists(LINE):
        return None
    import _socket  # the small half of socket, which a student's agent needs for nothing else

    line = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        line.connect(LINE)
    except OSError:
        return None
    return line.detach()


class Worker:
    def __init__(self, loop):
        self._loop = loop
        self._reader = frames.FrameReader()
        self._out = bytearray()
        self._over = False
        self.on_message = None
        self.on_bytes = None
        # stdin and stdout must not become the programs' descriptors 0 and 1 by accident: use other numbers.
        self._in_fd, self._out_fd = os.dup(0), os.dup(1)
        null = os.open('/dev/null', os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        line = _direct_line()
        loop.watch(self._in_fd, lambda: self._read(self._in_fd))  # with a line, only its end arrives here
        if line is None:
            loop.watch(self._out_fd, None, self._write)
        else:
            self._out_fd = line
            loop.watch(line, lambda: self._read(line), self._write)
        os.set_blocking(self._out_fd, False)

    @property
    def is_behind(self):
        """Whether the worker is slow to read."""
        return len(self._out) > RESUME_BYTES

    def send(self, message):
        self._queue(frames.json_frame(message))

    def send_bytes(self, stream, channel, data):
        self._queue(frames.bytes_frame(stream, channel, data))

    def end(self, frame):
        """Send the last frame and wait for the worker to hang up: while we run, it can read the usage figures."""
        self._over = True
        self._queue(frame)

    def _queue(self, frame):
        waiting = bool(self._out)
        self._out += frame
        if not waiting:
            self._write()
        if len(self._out) > PAUSE_BYTES:
            self._loop.pause(True)

    def _write(self):
        try:
            while self._out:
                with memoryview(self._out) as view:
                    count = os.write(self._out_fd, view[:WRITE_BYTES])
                del self._out[:count]
        except BlockingIOError:
            pass
        except OSError:
            os._exit(1)  # the worker receives nothing more
        if len(self._out) <= RESUME_BYTES:
            self._loop.pause(False)
        self._loop.want_write(self._out_fd, bool(self._out))

    def _read(self, fd):
        try:
            data = os.read(fd, frames.CHUNK_BYTES * 4)
        except BlockingIOError:
            return
        except OSError:
            data = b''
        if not data:
            os._exit(0 if self._over and not self._out else 1)
        if self._over:
            return
        try:
            received = self._reader.feed(data)
        except (ValueError, UnicodeDecodeError) as error:
            complain('the worker sent %s; ending.' % error)
            sys.exit(70)
        for frame in received:
            if frame[0] == frames.JSON:
                self.on_message(frame[1])
            else:
                self.on_bytes(*frame[1:])
