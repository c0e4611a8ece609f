"""Runs the grader's commands (feedback-result, getinput ...) without starting Python for each.

A process of the grader's user waits with the commands compiled. A command's shell part (agent/fast) writes its pid
to our FIFO and reads the answer from one of its own; a fork takes over the command's words, folder, environment and
standard streams from /proc, and answers with the exit status, or with "x": then the command starts Python itself.
To start mkfifo takes the command 1.3 ms, so FIFOs lie ready for the pids that come next.
"""
import gc
import os
import signal
import stat
import sys
from importlib.machinery import SourceFileLoader

from identity import GRADER, acting_as, become
from in_process import STANDARD_FDS

PLACE = '/run/gradeport'
REQUESTS, PID_FILE = PLACE + '/commands', PLACE + '/zygote'
FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'commands')
# Those that run for long, take signals, or run programs keep a process of their own.
LONG = {'run_student', 'ssh_student', 'inginious-ipython', 'feedback-msg-tpl'}
READ_STDIN = {'feedback-msg', 'rst-code', 'rst-indent', 'rst-msgblock', 'archive', 'feedback'}
# What the commands import: compiled once here, and not in each of them.
IMPORTED = (
    'json',
    'gradeport_options',
    'inginious_container_api.feedback',
    'inginious_container_api.input',
    'inginious_container_api.rst',
    'inginious_container_api.utils',
)
# Where agent/fast keeps the command's stdin, stdout and stderr.
KEPT_AT = 7
DECLINED = b'x\n'
MOST_FAILURES = 20
# The place holds 64 files; a grader that starts more programs between two commands makes its own FIFO.
PIDS_AHEAD = 24


def start():
    """Fork the zygote off the agent. Where it cannot be, commands start Python themselves, a little slower."""
    try:
        with acting_as(GRADER):
            os.mkfifo(REQUESTS, 0o600)
        if os.fork() == 0:
            _serve()
    except OSError:
        pass


def _serve():
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks: the kernel buries them
        os.closerange(0, os.sysconf('SC_OPEN_MAX'))  # above all the line to the worker: graders can look in here
        for _ in range(STANDARD_FDS):
            os.open('/dev/null', os.O_RDWR)
        become(GRADER)
        commands = compile_all()
        sys.pycache_prefix = None
        gc.disable()  # a collection in a fork would copy every page that it touches
        requests = os.open(REQUESTS, os.O_RDWR)
        with open(PID_FILE, 'w') as file:
            file.write('%d\n' % os.getpid())
        failures = 0
        while failures < MOST_FAILURES:
            failures = 0 if _fork_ahead(requests, commands) else failures + 1
        os.unlink(PID_FILE)
    finally:
        os._exit(1)


def _fork_ahead(requests, commands):
    """One fork waits for the next command; once it has it, the next one is forked. False: it ended before (killed?)."""
    taken, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(taken)
        _rehearse()
        line = os.fdopen(requests, 'rb', buffering=0).readline()
        os.write(tell, b'.')
        os.close(tell)
        if line.strip().isdigit():
            _answer(int(line), commands)
        os._exit(0)
    os.close(tell)
    _lay_out_answers(child)
    told = os.read(taken, 1)
    os.close(taken)
    return told != b''


def _lay_out_answers(newest):
    """FIFOs for the commands whose pids come after the newest; those of pids that were something else go."""
    names = os.listdir(PLACE)
    there = {int(name[2:]) for name in names if name.startswith('r.') and name[2:].isdigit()}
    for pid in there:
        if pid < newest and not os.path.exists('/proc/%d' % pid):
            _whatever(os.unlink, _answer_of(pid))
    for pid in range(newest + 1, newest + 1 + PIDS_AHEAD):
        if pid not in there:
            _whatever(os.mkfifo, _answer_of(pid), 0o600)


def _whatever(call, *words):
    """A command was faster, or the place is full: it makes its own FIFO then."""
    try:
        call(*words)
    except OSError:
        pass


def _answer_of(pid):
    return '%s/r.%d' % (PLACE, pid)


def _rehearse():
    """Copy the pages that every command writes to, before one waits for it."""
    sys.modules['json'].loads(sys.modules['json'].dumps({'rehearsed': [1, 2.5, 'x']}))


def compile_all():
    """Command -> its code. As a loader of modules does it, so that what was compiled before is taken."""
    for module in IMPORTED:
        __import__(module)
    return {
        name: SourceFileLoader(name, os.path.join(FOLDER, name)).get_code(name)
        for name in sorted(set(os.listdir(FOLDER)) - LONG)
    }


def _answer(pid, commands):
    fifo = _answer_of(pid)
    try:
        reply = os.open(fifo, os.O_WRONLY)
        os.unlink(fifo)
        os.set_inheritable(reply, False)
        try:
            os.write(reply, b'%d\n' % _run(pid, commands))
        except LookupError:
            os.write(reply, DECLINED)
    finally:
        os._exit(0)


def _run(pid, commands):
    words = [os.fsdecode(word) for word in _read(pid, 'cmdline').split(b'\0')[1:-1]]
    name = os.path.basename(words[0])
    code = commands[name]
    _take_streams(pid, name)
    os.chdir('/proc/%d/cwd' % pid)
    os.environ.clear()
    for entry in _read(pid, 'environ').split(b'\0'):
        key, found, value = entry.partition(b'=')
        if found:
            os.environb[key] = value
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    sys.argv = words
    sys.path.insert(0, FOLDER)
    status = 0
    try:
        exec(code, {'__name__': '__main__', '__file__': words[0]})
    except SystemExit as wish:
        status = wish.code if isinstance(wish.code, int) else 0 if wish.code is None else 1
        if isinstance(wish.code, str):
            print(wish.code, file=sys.stderr)
    except BaseException:
        import traceback  # late: most commands never need it

        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return status & 0xFF


def _read(pid, what):
    with open('/proc/%d/%s' % (pid, what), 'rb') as file:
        return file.read()


def _take_streams(pid, name):
    """Open the command's streams as our own. A file opened anew has an offset of its own, so files are declined."""
    for number, flags in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
        path = '/proc/%d/fd/%d' % (pid, KEPT_AT + number)
        try:
            mode = os.stat(path).st_mode
            if not (stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)) and (number > 0 or name in READ_STDIN):
                raise LookupError(path)
            fd = os.open(path, flags)
        except OSError as error:
            raise LookupError(path) from error
        os.dup2(fd, number)
        os.close(fd)
