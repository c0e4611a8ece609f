"""One student run seen from the grader: its descriptors pumped through a connection to the agent."""
import os
import select
import signal
import socket

import gradeport_frames as frames
from inginious_container_api.student_stdin import open_stdin
from inginious_container_api.utils import AGENT_SOCKET

REPORT_BYTES = 64 * 1024  # how much output is taken before the student's side hears of it: well below its window
SAFE_WRITE_BYTES = select.PIPE_BUF  # how much a pipe takes without blocking once poll() calls it writable


class NoAgent(Exception):
    """No agent is there to run student code."""


def run(request, stdin, stdout, stderr, on_signals=None, owns_stdin=False):
    """Send the request, pump the three descriptors (None: /dev/null) until the run ended, return the last message.

    owns_stdin: close stdin when the program closes its own, so that its writer learns of that.
    Raises NoAgent when the agent cannot be reached and ConnectionError when it refuses or goes away.
    """
    agent = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        agent.connect(AGENT_SOCKET)
    except OSError as error:
        agent.close()
        raise NoAgent('student containers are not available (%s)' % error.strerror)
    with agent:
        return _Pump(agent, stdin, {frames.STDOUT: stdout, frames.STDERR: stderr}, owns_stdin).run(request, on_signals)


class _Pump:
    def __init__(self, agent, stdin, outputs, owns_stdin):
        self._agent, self._owns_stdin = agent, owns_stdin
        self._stdin = None if stdin is None else open_stdin(stdin)
        self._outputs = outputs
        self._printed = {stream: bytearray() for stream in outputs}
        self._taken = {stream: 0 for stream in outputs}
        self._to_agent = bytearray()
        self._reader = frames.FrameReader()
        self._end = None

    def run(self, request, on_signals):
        self._agent.setblocking(False)
        self._to_agent += frames.json_frame(request)
        if self._stdin is None:
            self._end_stdin()
        woken, wake = os.pipe()
        try:
            if on_signals:
                on_signals(lambda number: os.write(wake, bytes([number])))
            while self._end is None or any(self._printed.values()):
                self._turn(woken)
            return self._end
        finally:
            os.close(woken)
            os.close(wake)

    def _turn(self, woken):
        """Wait until something can be moved without blocking, and move it."""
        moves = self._moves(woken)
        poll = select.poll()
        for fd, (flags, _) in moves.items():
            poll.register(fd, flags)
        for fd, _ in poll.poll():
            moves[fd][1]()

    def _moves(self, woken):
        moves = {woken: (select.POLLIN, lambda: self._signals(os.read(woken, 64)))}
        # Once the run ended the agent leaves, and there is nothing left to send or to receive.
        flags = select.POLLOUT if self._to_agent and self._end is None else 0
        if self._end is None:  # never more than a window of output: the student's side waits until it is taken
            flags |= select.POLLIN
        if flags:
            moves[self._agent.fileno()] = (flags, self._exchange)
        if self._stdin is not None and self._end is None and self._stdin.wants_more:
            moves[self._stdin.fd] = (select.POLLIN, self._feed)
        for stream, data in self._printed.items():
            if data:
                moves[self._outputs[stream]] = (select.POLLOUT, self._print)
        return moves

    def _feed(self):
        data = self._stdin.read()
        if data:
            self._to_agent += frames.bytes_frame(frames.STDIN, 0, data)
        if self._stdin.is_over:
            self._end_stdin()

    def _end_stdin(self):
        self._to_agent += frames.json_frame({'type': 'stdin-close'})

    def _signals(self, numbers):
        for number in numbers:
            self._to_agent += frames.json_frame({'type': 'signal', 'signal': number})

    def _exchange(self):
        try:
            if self._to_agent:
                with memoryview(self._to_agent) as view:
                    sent = self._agent.send(view[: frames.CHUNK_BYTES])
                del self._to_agent[:sent]
        except BlockingIOError:
            pass
        except (BrokenPipeError, ConnectionResetError):
            self._to_agent.clear()  # the agent's last messages are still to be read
        try:
            data = self._agent.recv(frames.CHUNK_BYTES * 4)
        except BlockingIOError:
            return
        if not data:
            raise ConnectionError('the request was refused or its container is gone')
        for frame in self._reader.feed(data):
            self._take(frame)

    def _take(self, frame):
        if frame[0] == frames.JSON and frame[1]['type'] == 'stdin-taken':
            self._stdin.taken(frame[1]['bytes'])
        elif frame[0] == frames.JSON and frame[1]['type'] == 'stdin-closed':
            self._stdin.is_over = True
            if self._owns_stdin:
                os.close(self._stdin.fd)
        elif frame[0] == frames.JSON:
            self._end = frame[1]
        elif self._outputs.get(frame[1]) is not None:
            self._printed[frame[1]] += frame[3]
        else:
            self._took(frame[1], len(frame[3]))  # its reader is /dev/null, or gone

    def _took(self, stream, count):
        self._taken[stream] += count
        if self._taken[stream] >= REPORT_BYTES:
            taken, self._taken[stream] = self._taken[stream], 0
            self._to_agent += frames.json_frame({'type': 'output-taken', 'stream': stream, 'bytes': taken})

    def _print(self):
        """Write a little to every output that accepts it; as with any pipe, its reader may be gone."""
        for stream, data in self._printed.items():
            fd = self._outputs[stream]
            if not data or not _writable(fd):
                continue
            try:
                with memoryview(data) as view:
                    count = os.write(fd, view[:SAFE_WRITE_BYTES])
                del data[:count]
                self._took(stream, count)
            except BlockingIOError:
                pass
            except BrokenPipeError:
                self._took(stream, len(data))
                data.clear()
                self._outputs[stream] = None
                self._signals([signal.SIGPIPE])


def _writable(fd):
    poll = select.poll()
    poll.register(fd, select.POLLOUT)
    return bool(poll.poll(0))
