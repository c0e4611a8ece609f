"""The student's terminal: a pty in a student container, shown to a person by the worker.

It waits until the worker opens it (a person is there), runs the user's shell in it, and ends with the shell. Its
output is kept as INGInious keeps it: one file in the student's folder, as script(1) writes it.
"""
import fcntl
import os
import stat
import struct
import termios
import time

import gradeport_frames as frames
from identity import acting_as
from launch import LaunchError
from program import Program
from surroundings import student_environment
from which import which
from worker_link import complain

LOG = '/task/student/.ssh_logs'
LOG_BYTES = 4 * 1024 * 1024
CUT = b'\r\n[the rest of this session is not kept]\r\n'
# Output that the worker has not confirmed yet: an endlessly printing program waits here, not in the worker.
WINDOW_BYTES = 64 * 1024
TYPED_BYTES = 64 * 1024
READ_BYTES = 16 * 1024
LARGEST = 1000
# TIOCSPTLCK and TIOCGPTN, which Python's termios does not name.
UNLOCK, NUMBER = 0x40045431, 0x80045430


class Terminal:
    def __init__(self, loop, worker, user):
        self._loop, self._worker, self._user = loop, worker, user
        self._on_end = self._screen = self._program = None
        self._over = False
        self.signal_number = None  # as a program that ended of its own accord

    def wait(self, on_end):
        """on_end is called once: when the shell ended, or the terminal was closed before a person opened it."""
        self._on_end = on_end
        if self._over:
            on_end()
        else:
            self._worker.send({'type': 'terminal-waiting'})

    def message(self, message):
        kind = message['type']
        if self._over:
            return
        if kind == 'terminal-open' and self._on_end and self._screen is None:
            self._open(message)
        elif kind == 'terminal-size' and self._screen:
            self._screen.resize(message)
        elif kind == 'terminal-taken' and self._screen:
            self._screen.taken(message['bytes'])
        elif kind == 'terminal-close':
            self._close()

    def signal(self, _number):
        """ssh_student was asked to end."""
        self._close()

    def type(self, data):
        if self._screen and not self._over:
            self._screen.type(data)

    def kill(self):
        """End every program in it; harmless while there is none."""
        if self._program:
            self._program.kill()

    def _open(self, size):
        with acting_as(self._user):
            master, slave = _open_pty()
        self._screen = Screen(self._loop, self._worker, master, slave)
        self._screen.resize(size)
        self._program = Program(self._loop, self._screen, self._ended, leaves_rest=True)
        shell = which('bash', os.get_exec_path()) or '/bin/sh'
        environment = dict(student_environment(), TERM='xterm-256color', SHELL=shell)
        try:
            self._program.start([shell], environment, '/task/student', self._user, slave, merged=True)
        except LaunchError as error:
            self._screen.say('This terminal cannot start %s: %s.' % (shell, os.strerror(error.number)))
            self._ended(None)

    def _close(self):
        if self._program:
            self._program.end_session(self._screen.foreground())
        else:
            self._finish()

    def keep_log(self):
        """Acts as the effective user. Called once more when no process is left that could change the file."""
        if self._screen:
            _keep(bytes(self._screen.shown))

    def _ended(self, _code):
        self._screen.drain()
        self._screen.close()
        with acting_as(self._user):
            self.keep_log()
        self._finish()

    def _finish(self):
        if not self._over:
            self._over = True
            if self._on_end:
                self._on_end()


def _open_pty():
    """Like os.openpty(), which requires the owner's real uid before glibc 2.33: ours is root's, and without rights."""
    master = os.open('/dev/ptmx', os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    fcntl.ioctl(master, UNLOCK, struct.pack('i', 0))
    (number,) = struct.unpack('i', fcntl.ioctl(master, NUMBER, b'\0' * 4))
    return master, os.open('/dev/pts/%d' % number, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)


class Screen:
    """The other side of the pty; to Program it is the output."""

    def __init__(self, loop, worker, master, slave):
        self._loop, self._worker, self._master, self._slave = loop, worker, master, slave
        self._unconfirmed = 0
        self._typed = bytearray()
        self.shown = bytearray()
        self.on_drained = None  # Program checks again later
        os.set_blocking(master, False)
        loop.watch(master, self._read, self._write, pausable=True)

    def pipe(self, _stream):
        return os.dup(self._slave)

    def drain(self):
        """Called when no program is left: all its remaining output can be read now."""
        while self._master is not None and self._take():
            pass
        return True

    def close(self):
        if self._master is not None:
            self._loop.forget(self._master)
            os.close(self._master)
            self._master = None

    def foreground(self):
        """The process group in the foreground, None if there is none."""
        try:
            return os.tcgetpgrp(self._master)
        except (OSError, TypeError):
            return None

    def resize(self, size):
        rows, columns = (min(max(int(size[name]), 1), LARGEST) for name in ('rows', 'columns'))
        if self._master is not None:
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))

    def taken(self, count):
        self._unconfirmed = max(0, self._unconfirmed - count)
        if self._master is not None and self._unconfirmed < WINDOW_BYTES:
            self._loop.want_read(self._master, True)

    def type(self, data):
        """Keys that no program reads are lost beyond a bound, as on any terminal."""
        if self._master is not None:
            self._typed += data[: TYPED_BYTES - len(self._typed)]
            self._write()

    def say(self, text):
        self._show(('\r\n%s\r\n' % text).encode('utf-8', 'replace'))

    def _read(self):
        # Nothing: the terminal was hung up (no program has it open), and poll() would report that for ever.
        if not self._take() or self._unconfirmed >= WINDOW_BYTES:
            self._loop.want_read(self._master, False)

    def _take(self):
        """Show a piece, if there is one; return whether there was."""
        try:
            data = os.read(self._master, READ_BYTES)
        except OSError:
            return False
        if data:
            self._show(data)
        return bool(data)

    def _show(self, data):
        self._unconfirmed += len(data)
        self._worker.send_bytes(frames.TERMINAL, 0, data)
        room = LOG_BYTES - len(self.shown)
        self.shown += data[: max(0, room)]
        if 0 < room < len(data):
            self.shown += CUT

    def _write(self):
        try:
            while self._typed:
                with memoryview(self._typed) as view:
                    count = os.write(self._master, view[:1024])
                del self._typed[:count]
        except BlockingIOError:
            pass
        except OSError:
            self._typed.clear()
        self._loop.want_write(self._master, bool(self._typed))


def _keep(shown):
    """Write the log; a file that the student put in its place is moved aside, and links in it are not followed."""
    try:
        if _holds(shown):
            return
        if os.path.lexists(LOG):
            os.rename(LOG, '%s.%d' % (LOG, time.time_ns()))
    except OSError as error:
        complain('what was at %s stays: %s.' % (LOG, error))
    try:
        fd = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
        with open(fd, 'wb') as file:
            file.write(shown)
    except OSError as error:
        complain('the session is not kept: %s.' % error)


def _holds(shown):
    """Whether the log is there as it was written."""
    try:
        with open(os.open(LOG, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), 'rb') as file:
            return stat.S_ISREG(os.fstat(file.fileno()).st_mode) and file.read(LOG_BYTES * 2) == shown
    except OSError:
        return False
