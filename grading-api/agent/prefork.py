"""A fork that waits to become the program. Forking Python takes 1 to 3 ms; a waiting container has the time.

It already has the program's streams, session and user. One order makes it the program; closing its line ends it.
"""
import gc
import marshal
import os
import resource
import signal
import site
import struct

from identity import acting_as, become

ORDERS, TELL = 3, 4


class Ahead:
    def __init__(self, user, grader):
        """grader: its stdin is empty, and it may be a Python program that runs in the fork itself."""
        self.user = user
        with acting_as(user):  # a pipe belongs to its creator, and only the owner may open /dev/stdout
            stdin, self.stdin = (os.open('/dev/null', os.O_RDONLY), None) if grader else os.pipe()
            (self.stdout, stdout), (self.stderr, stderr) = os.pipe(), os.pipe()
        orders, self._give = os.pipe()
        self.told, tell = os.pipe()
        theirs = [stdin, stdout, stderr, orders, tell]
        gc.freeze()  # a collection in the fork would copy every page that it touches
        self.pid = os.fork()
        if self.pid == 0:
            _wait(theirs, user, grader)
        for fd in theirs:
            os.close(fd)

    def order(self, argv, environment, folder, merged, runner, seconds):
        """Make it the program. Failures are reported on self.told, as launch() says."""
        order = marshal.dumps((argv, environment, folder, merged, runner, seconds))
        with open(self._give, 'wb') as line:
            line.write(order)

    def discard(self):
        """Another kind of program is needed: end it, before anything of a job is in this container."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        for fd in (self.stdin, self.stdout, self.stderr, self._give, self.told):
            if fd is not None:
                os.close(fd)


def as_somebody(user):
    """In the child: the common start of all our programs. Raises OSError."""
    for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    os.umask(0o022)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    become(user)


def be_program(argv, environment, folder, runner, tell, seconds):
    """In the child: become the program, or report on tell why not. seconds: see launch()."""
    step = 'folder'
    try:
        if seconds is not None:
            # The kernel sends SIGXCPU at the first and SIGKILL at the second.
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        os.chdir(folder)
        step = 'program'
        if runner:
            from python_grader import run_as

            os.environ.clear()
            os.environ.update(environment)
            os.close(tell)
            run_as(*runner)
        os.execvpe(argv[0], argv, environment)
    except OSError as error:
        say(tell, error.errno, step)
    except BaseException:
        say(tell, 22, step)  # EINVAL: for example a NUL byte in a word
    finally:
        os._exit(127)


def say(tell, number, step):
    os.write(tell, struct.pack('i8s', number or 5, step.encode()))


def _wait(fds, user, grader):
    tell = fds[-1]
    step = 'user'
    try:
        signal.set_wakeup_fd(-1)
        os.setsid()
        # Above all the line to the worker is closed: programs of the same user can inspect this process.
        kept = [os.dup(fd) for fd in fds]
        high = max(kept) + 1
        for target, fd in enumerate(kept):
            os.dup2(fd, high + target)
        for target in range(len(fds)):
            os.dup2(high + target, target, inheritable=target < ORDERS)
        tell = TELL
        os.closerange(TELL + 1, os.sysconf('SC_OPEN_MAX'))
        as_somebody(user)
        if grader:
            _rehearse()
        order = bytearray()
        while True:
            data = os.read(ORDERS, 65_536)
            if not data:
                break
            order += data
        os.close(ORDERS)
        if not order:
            os._exit(0)  # the agent ended
        argv, environment, folder, merged, runner, seconds = marshal.loads(bytes(order))
        if merged:
            os.dup2(1, 2)
        signal.set_wakeup_fd(-1)
    except OSError as error:
        say(tell, error.errno, step)
        os._exit(127)
    be_program(argv, environment, folder, runner, tell, seconds)


def _rehearse():
    """What every Python grader needs: the locations of its modules, and pages that any run would copy."""
    site.main()
    exec(compile('import json\njson.loads(json.dumps({"rehearsed": [1, 2.5, "x"]}))', '<ahead>', 'exec'), {})
