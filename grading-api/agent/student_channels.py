"""The unix socket for run_student: each connection is one student run, a channel between grader and worker."""
import os
import signal
import socket

import gradeport_frames as frames
import student_links
import student_request
from identity import GRADER, acting_as
from student_connection import StudentConnection
from worker_link import complain

PATH = '/run/gradeport/agent.sock'
MAX_CONNECTIONS = 64
MAX_CHANNEL = 100_000
MAX_SHOWN = 200


class Students:
    def __init__(self, loop, worker):
        self._loop, self._worker = loop, worker
        self._channels = {}
        self._last_channel = 0
        self._open = 0
        self._follows_links = None

    def listen(self):
        """Create the socket as the effective user, for that user only (the agent has no right to give files away)."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        mask = os.umask(0o177)
        try:
            self._socket.bind(PATH)
        finally:
            os.umask(mask)
        self._socket.listen(MAX_CONNECTIONS)
        self._socket.setblocking(False)
        self._loop.watch(self._socket.fileno(), self._accept, pausable=True)

    def stop_listening(self):
        self._loop.forget(self._socket.fileno())
        self._socket.close()
        os.unlink(PATH)

    def from_worker(self, stream, channel, data):
        if channel in self._channels:
            self._channels[channel].give(frames.bytes_frame(stream, 0, data))

    def exited(self, message):
        """message: the worker's student-exit."""
        self._look_for_links()
        connection = self._channels.pop(message['channel'], None)
        if connection:
            connection.finish(message)

    def _look_for_links(self):
        """Before the grader goes on: where links are followed, those that lead to its own places are removed."""
        if self._follows_links is None:
            self._follows_links = student_links.follows_links()
        with acting_as(GRADER):
            if self._follows_links:
                found = student_links.leading_out(remove=True)
            else:
                found = student_links.leading_out(depth=1)
        if found:
            shown = found[0][:MAX_SHOWN].encode('utf-8', 'replace').decode()
            self._worker.send({'type': 'links', 'count': len(found), 'first': shown})

    def tell(self, channel, message):
        if channel in self._channels:
            self._channels[channel].give(frames.json_frame(message))

    def begin(self, connection, message):
        """Open a channel for the request of a connection; raises ValueError."""
        channel = self._last_channel + 1
        request = student_request.run_student(message, channel)
        if channel > MAX_CHANNEL:
            raise ValueError('too many student runs')
        self._last_channel = channel
        self._channels[channel] = connection
        self._worker.send(request)
        return channel

    def left(self, channel):
        """A connection is closed; its student run, if it still runs, ends with it."""
        self._open -= 1
        if self._channels.pop(channel, None):
            self._worker.send({'type': 'signal', 'channel': channel, 'signal': int(signal.SIGKILL)})

    def _accept(self):
        try:
            client, _ = self._socket.accept()
        except BlockingIOError:
            return
        except OSError as error:
            complain('cannot accept run_student: %s.' % error)
            return
        if self._open >= MAX_CONNECTIONS:
            client.close()
            return
        self._open += 1
        StudentConnection(self._loop, self._worker, self, client)
