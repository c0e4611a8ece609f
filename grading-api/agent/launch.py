"""Start one program as somebody, in its own session, and say exactly what failed when it does not start."""
import os
import resource
import signal
import struct

from identity import become

DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'


class LaunchError(Exception):
    """step is 'fork', 'user', 'folder' or 'program'; number is the errno."""

    def __init__(self, step, number):
        super().__init__('%s: %s' % (step, os.strerror(number)))
        self.step, self.number = step, number


def base_environment():
    """The image's environment as INGInious' programs know it: HOME is /task, a locale that can say é."""
    environment = dict(os.environ, HOME='/task')
    environment.setdefault('PATH', DEFAULT_PATH)
    if not environment.get('LANG') and not environment.get('LC_ALL'):
        environment['LANG'] = 'C.UTF-8'
    return environment


def launch(argv, environment, folder, user, fds, runner=None):
    """Run argv with fds as its stdin, stdout and stderr; return its pid (also its process group) or raise LaunchError.

    runner: a function that does the work of argv in the forked process itself and ends it.
    """
    told, tell = os.pipe()
    try:
        pid = os.fork()
    except OSError as error:
        os.close(told)
        os.close(tell)
        raise LaunchError('fork', error.errno)
    if pid == 0:
        _child(argv, environment, folder, user, fds, tell, runner)
    os.close(tell)
    with open(told, 'rb') as pipe:
        report = pipe.read()
    if report:
        os.waitpid(pid, 0)
        number, step = struct.unpack('i8s', report)
        raise LaunchError(step.rstrip(b'\0').decode(), number)
    return pid


def _child(argv, environment, folder, user, fds, tell, runner):
    step = 'program'
    try:
        for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        for target, fd in enumerate(fds):
            os.dup2(fd, target)
        os.umask(0o022)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        step = 'user'
        become(user)
        step = 'folder'
        os.chdir(folder)
        step = 'program'
        if runner:
            os.environ.clear()
            os.environ.update(environment)
            os.close(tell)
            runner()
        os.execvpe(argv[0], argv, environment)
    except OSError as error:
        os.write(tell, struct.pack('i8s', error.errno or 5, step.encode()))
    except BaseException:
        os.write(tell, struct.pack('i8s', 22, step.encode()))  # EINVAL: a NUL byte in a word, say
    finally:
        os._exit(127)
