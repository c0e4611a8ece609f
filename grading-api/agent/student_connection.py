"""One run_student of the grader: forwards its frames both ways, and neither waits for the grader nor trusts it."""
import gradeport_frames as frames
import student_request
from worker_link import complain

FRAME_BYTES = 1024 * 1024
# More than the worker lets a student's container send before the client took it (student-flow.ts).
WAITING_BYTES = 8 * 1024 * 1024


class StudentConnection:
    def __init__(self, loop, worker, students, client):
        self._loop, self._worker, self._students, self._client = loop, worker, students, client
        self._reader = frames.FrameReader(FRAME_BYTES)
        self._out = bytearray()
        self._channel = None
        self._finished = False
        client.setblocking(False)
        loop.watch(client.fileno(), self._read, self._write, pausable=True)

    def give(self, frame):
        """Queue a frame for the client; a client that reads nothing for too long is dropped."""
        if self._client is None:
            return
        self._out += frame
        if len(self._out) > WAITING_BYTES:
            complain('a run_student does not take its output: dropped.')
            self._close()
        else:
            self._write()

    def finish(self, message):
        self._finished = True
        self.give(frames.json_frame(message))

    def _write(self):
        try:
            while self._out:
                with memoryview(self._out) as view:
                    count = self._client.send(view[: frames.CHUNK_BYTES])
                del self._out[:count]
        except BlockingIOError:
            pass
        except OSError:
            self._close()
            return
        if self._finished and not self._out:
            self._close()
        else:
            self._loop.want_write(self._client.fileno(), bool(self._out))

    def _read(self):
        try:
            data = self._client.recv(frames.CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b''
        try:
            received = self._reader.feed(data) if data else None
            for frame in received or ():
                self._take(frame)
        except (ValueError, UnicodeDecodeError) as error:
            complain('a run_student request was refused: %s.' % error)
            received = None
        if received is None:
            self._close()

    def _take(self, frame):
        if self._channel is None:
            if frame[0] != frames.JSON or frame[1].get('type') != 'run-student':
                raise ValueError('no request')
            self._channel = self._students.begin(self, frame[1])
        elif self._finished:
            pass
        elif frame[0] == frames.BYTES:
            self._worker.send_bytes(frames.STDIN, self._channel, frame[3])
        elif frame[1].get('type') == 'stdin-close':
            self._worker.send({'type': 'stdin-close', 'channel': self._channel})
        elif frame[1].get('type') == 'signal':
            number = student_request.signal_number(frame[1])
            self._worker.send({'type': 'signal', 'channel': self._channel, 'signal': number})
        elif frame[1].get('type') == 'output-taken':
            self._worker.send(student_request.output_taken(frame[1], self._channel))
        else:
            raise ValueError('unknown message')

    def _close(self):
        if self._client is not None:
            self._loop.forget(self._client.fileno())
            self._client.close()
            self._client = None
            self._students.left(self._channel)
