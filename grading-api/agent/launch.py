"""Start one program as a user, in its own session, and say exactly what failed if it does not start."""
import os
import struct

from prefork import Ahead, as_somebody, be_program, say


class LaunchError(Exception):
    """step is 'fork', 'user', 'folder' or 'program'; number is the errno."""

    def __init__(self, step, number):
        super().__init__('%s: %s' % (step, os.strerror(number)))
        self.step, self.number = step, number


_waiting = None


def prepare(user, grader=False):
    """Fork ahead for the first program, while there is time. If that fails, launch() forks."""
    global _waiting
    try:
        _waiting = Ahead(user, grader)
    except OSError:
        _waiting = None


def take_prepared(user):
    """The fork that waits, once; None if there is none for this user."""
    global _waiting
    ahead, _waiting = _waiting, None
    if ahead and ahead.user != user:
        ahead.discard()
        return None
    return ahead


def launch(argv, environment, folder, user, fds, runner=None, seconds=None):
    """Run argv with fds as its stdin, stdout and stderr; return its pid (also its process group) or raise LaunchError.

    runner: the result of python_grader.runner_of() if the forked process itself can be the program.
    seconds: of processor time that each process may use, where nothing counts that of all together.
    """
    told, tell = os.pipe()
    try:
        pid = os.fork()
    except OSError as error:
        os.close(told)
        os.close(tell)
        raise LaunchError('fork', error.errno)
    if pid == 0:
        _child(argv, environment, folder, user, fds, tell, runner, seconds)
    os.close(tell)
    return started(pid, told)


def started(pid, told):
    """Wait until the program has started: return its pid, or raise LaunchError for the reported failure."""
    with open(told, 'rb') as pipe:
        report = pipe.read()
    if report:
        os.waitpid(pid, 0)
        number, step = struct.unpack('i8s', report)
        raise LaunchError(step.rstrip(b'\0').decode(), number)
    return pid


def _own_terminal():
    """Make the session leader's stdin its controlling terminal, where Ctrl-C comes from."""
    import fcntl  # only terminals need these two
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _child(argv, environment, folder, user, fds, tell, runner, seconds):
    try:
        os.setsid()
        for target, fd in enumerate(fds):
            os.dup2(fd, target)
        if os.isatty(0):
            _own_terminal()
        as_somebody(user)
    except OSError as error:
        say(tell, error.errno, 'user')
        os._exit(127)
    be_program(argv, environment, folder, runner, tell, seconds)
