"""A program and all its descendants: it has ended when none of them runs and none of its output is unread.

Beside a terminal, what setup and student started goes on until the last program has ended: see leaves_rest.
"""
import os
import signal
import time

from identity import acting_as
from launch import launch, started

SWEEP_SECONDS = 0.01
PATIENCE_SECONDS = 5.0


def exit_code(status):
    """The exit status as INGInious counts: 256-n for a program that signal n ended."""
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 256 - os.WTERMSIG(status)


class Program:
    """on_end(code) is called once: after the first process ended, the rest was killed and the output was read."""

    def __init__(self, loop, output, on_end, seconds=None, leaves_rest=False):
        """seconds: see launch(); leaves_rest: on_end is called when the first process ended, and the others go on."""
        self._loop, self._output, self._on_end, self._seconds = loop, output, on_end, seconds
        self._leaves_rest = leaves_rest
        self._pid = None
        self._code = None
        self.signal_number = None  # that ended it
        self._deadline = None

    def start(self, argv, environment, folder, user, stdin, merged=False, runner=None, ahead=None):
        """Run argv, its stderr in its stdout if merged; closes stdin. After a LaunchError there is nothing to end.

        runner: see launch(); ahead: a fork from take_prepared(), which has its own stdin.
        """
        if ahead:
            self._start_ahead(ahead, argv, environment, folder, merged, runner)
            return
        with acting_as(user):  # a pipe belongs to its creator, and only the owner may open /dev/stdout
            stdout = self._output.pipe(1)
            fds = [stdin, stdout, os.dup(stdout) if merged else self._output.pipe(2)]
        try:
            self._pid = launch(argv, environment, folder, user, fds, runner, self._seconds)
        finally:
            for fd in fds:
                os.close(fd)
        self._loop.on_child = self._output.on_drained = self._reap

    def _start_ahead(self, ahead, argv, environment, folder, merged, runner):
        self._output.adopt(ahead.stdout, 1)
        self._output.adopt(ahead.stderr, 2)  # if merged, it ends at once
        ahead.order(argv, environment, folder, merged, runner, self._seconds)
        self._pid = started(ahead.pid, ahead.told)
        self._loop.on_child = self._output.on_drained = self._reap

    def signal(self, number):
        """Send a signal to the program's process group while its first process runs."""
        if self._pid is not None and self._code is None:
            try:
                os.killpg(self._pid, number)
            except (ProcessLookupError, PermissionError, ValueError):
                pass

    def kill(self):
        """End every process of the container but this one."""
        try:
            if os.getpid() == 1:
                os.kill(-1, signal.SIGKILL)
            else:
                os.killpg(self._pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass

    def end_session(self, foreground):
        """End the first process and the group in the terminal's foreground; others that it started go on."""
        for group in (self._pid, foreground):
            try:
                os.killpg(group, signal.SIGKILL)
            except (OSError, TypeError, OverflowError):
                pass

    def end_rest(self):
        """Start nothing, but end what earlier programs left, and call on_end(0)."""
        self._code, self._deadline = 0, time.monotonic() + PATIENCE_SECONDS
        self._loop.on_child = self._output.on_drained = self._reap
        self._reap()

    def _reap(self):
        alone = False
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                alone = True
                break
            if pid == 0:
                break
            if pid == self._pid and self._code is None:
                self._code = exit_code(status)
                self.signal_number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
                self._deadline = time.monotonic() + PATIENCE_SECONDS
        if self._code is None:
            return
        if not self._leaves_rest:
            self._sweep(alone)
        elif self._on_end:
            on_end, self._on_end = self._on_end, None  # what ends later is only waited for
            self._output.on_drained = None  # else the end of the rest would take the news of the next program's
            on_end(self._code)

    def _sweep(self, alone):
        """Kill and reap until no process is left (a fork may slip through one kill), then read the pipes to the end."""
        if not alone:
            self.kill()
        stuck = not alone and time.monotonic() > self._deadline
        if (alone and self._output.drain()) or stuck:
            self._loop.on_child = self._output.on_drained = None
            self._loop.cancel('sweep')
            self._output.close()
            self._on_end(self._code)
        else:
            self._loop.after('sweep', SWEEP_SECONDS, self._reap)
