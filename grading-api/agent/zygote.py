"""Runs the grader's commands (feedback-result, getinput ...) without starting Python for each.

A process of the grader's user waits with the commands compiled. A command's shell part (agent/fast) writes its pid
to our FIFO and reads the answer from its own FIFO; a fork takes over the command's words, folder, environment and
standard streams from /proc, and answers with the exit status, or with "x": then the command starts Python itself.
Starting mkfifo takes a command 1.3 ms, so FIFOs are made in advance for the next pids.
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
# Commands that run for long, take signals, or run programs keep a separate process.
LONG = {'run_student', 'ssh_student', 'inginious-ipython', 'feedback-msg-tpl'}
READ_STDIN = {'feedback-msg', 'rst-code', 'rst-indent', 'rst-msgblock', 'archive', 'feedback'}
# The imports of the commands: compiled once here, and not in each of them.
IMPORTED = (
    'json',
    'gradeport_options',
    'inginious_container_api.feedback',
    'inginious_container_api.input',
    'inginious_container_api.rst',
    'inginious_container_api.utils',
)
# The descriptors under which agent/fast keeps the command's stdin, stdout and stderr.
KEPT_AT = 7
DECLINED = b'x\n'
MOST_FAILURES = 20
# The folder has room for 64 files; a grader that starts more programs between two commands makes its own FIFO.
PIDS_AHEAD = 24


def start():
    """Fork the zygote off the agent. If that fails, commands start Python themselves, a little slower."""
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
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the forks are not waited for: the kernel reaps them
        os.closerange(0, os.sysconf('SC_OPEN_MAX'))  # above all the line to the worker: graders can inspect this fork
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
    """One fork waits for the next command and then forks the next one. False: it ended before (killed?)."""
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
    """Make FIFOs for commands with the next pids; remove those of pids that other programs got."""
    names = os.listdir(PLACE)
    there = {int(name[2:]) for name in names if name.startswith('r.') and name[2:].isdigit()}
    for pid in there:
        if pid < newest and not os.path.exists('/proc/%d' % pid):
            _whatever(os.unlink, _answer_of(pid))
    for pid in range(newest + 1, newest + 1 + PIDS_AHEAD):
        if pid not in there:
            _whatever(os.mkfifo, _answer_of(pid), 0o600)


def _whatever(call, *words):
    """A command was faster, or the folder is full: the command makes its own FIFO then."""
    try:
        call(*words)
    except OSError:
        pass


def _answer_of(pid):
    return '%s/r.%d' % (PLACE, pid)


def _rehearse():
    """Touch the pages that every command writes to, before a fork waits for one."""
    sys.modules['json'].loads(sys.modules['json'].dumps({'rehearsed': [1, 2.5, 'x']}))


def compile_all():
    """Command -> its code, loaded like a module, so that an earlier compilation is reused."""
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
    """Open the command's streams as our own. A reopened file has its own offset, so files are declined."""
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
