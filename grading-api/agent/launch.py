"""Start one program as a user, in its own session, and say exactly what failed if it does not start."""
import os
import struct

from prefork import Ahead, as_somebody, be_program, say

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PYTHON = HOME + '/python'
DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'


class LaunchError(Exception):
    """step is 'fork', 'user', 'folder' or 'program'; number is the errno."""

    def __init__(self, step, number):
        super().__init__('%s: %s' % (step, os.strerror(number)))
        self.step, self.number = step, number


def base_environment():
    """The image's environment as INGInious' programs expect it: HOME is /task, and a UTF-8 locale."""
    environment = dict(os.environ, HOME='/task')
    environment.setdefault('PATH', DEFAULT_PATH)
    if not environment.get('LANG') and not environment.get('LC_ALL'):
        environment['LANG'] = 'C.UTF-8'
    return environment


def grader_environment():
    """The commands and the Python packages of the grading API come before the image's own."""
    environment = base_environment()
    environment.setdefault('PYTHONUNBUFFERED', '1')  # shows a grader's output while it works
    environment['PATH'] = HOME + '/commands:' + environment['PATH']
    environment['PYTHONPATH'] = ':'.join(filter(None, [PYTHON, environment.get('PYTHONPATH')]))
    return environment


def student_environment():
    """INGInious' images have its Python packages in every container, and tests that run as student import them."""
    environment = base_environment()
    environment['PYTHONPATH'] = ':'.join(filter(None, [environment.get('PYTHONPATH'), PYTHON]))
    return environment


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
