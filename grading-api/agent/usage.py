"""What this container uses, from the kernel's accounting of it, for a worker that cannot look from outside.

The container's own control groups are below /sys/fs/cgroup, read-only: version 1 has a folder for each controller, version
2 one for all. What is not there is named in each report: gVisor, for one, has only processor time and the present use of
memory. Without the kernel's count of processor time, that of the processes that have ended stands in for it.
"""
import os

from cpu_limit import of_ended_processes
from socket_memory import SocketMemory

TOP = '/sys/fs/cgroup'
PERIOD_SECONDS = 0.02
# Sent less often while nothing happens, so that a program that waits for an hour costs nothing.
QUIET_PERIODS = 10
FOLDERS = (('task', '/task'), ('student', '/task/student'))
FILE_BYTES = 8192
# Twice the limit that crun sets, because the kernel leaves each socket its first message. It ends the program.
MOST_IN_SOCKETS = 64 << 20
# The kernel's word for none is the largest multiple of a page.
NO_LIMIT = 1 << 62


def _open(*paths):
    """A descriptor of the first of these that is there, None if none is."""
    for path in paths:
        try:
            return os.open(path, os.O_RDONLY)
        except OSError:
            pass
    return None


def _read(fd):
    if fd is None:
        return b''
    try:
        return os.pread(fd, FILE_BYTES, 0)
    except OSError:
        return b''


def _number(fd):
    """The number that a file holds; 0 if it holds none."""
    text = _read(fd).strip()
    return int(text) if text.isdigit() else 0


def _number_in(path):
    fd = _open(path)
    try:
        return _number(fd)
    finally:
        if fd is not None:
            os.close(fd)


def _field(fd, name):
    """The number behind a word in files such as memory.events: "oom_kill 3"."""
    for line in _read(fd).split(b'\n'):
        word, _, value = line.partition(b' ')
        if word == name and value.strip().isdigit():
            return int(value)
    return 0


class Counters:
    def missing(self):
        """What is not counted here."""
        files = {'cpu': self._cpu, 'memory': self._memory, 'processes': self._pids}
        return [name for name, fd in files.items() if fd is None]

    def cpu_ms(self):
        return of_ended_processes() if self._cpu is None else self._counted_cpu_ms()

    def memory(self):
        return _number(self._memory)

    def oom_kills(self):
        return _field(self._ooms, b'oom_kill')

    def refused_forks(self):
        return _field(self._pids, b'max')


class Version1(Counters):
    def __init__(self, top, net):
        self._cpu = _open(top + '/cpuacct/cpuacct.usage', top + '/cpu,cpuacct/cpuacct.usage', top + '/cpu/cpuacct.usage')
        memory = top + '/memory/memory.'
        self._memory = _open(memory + 'max_usage_in_bytes', memory + 'usage_in_bytes')
        self._ooms = _open(memory + 'oom_control')
        self._pids = _open(top + '/pids/pids.events')
        # Sockets are no memory here. The kernel counts what they hold only for a container that has a limit of it.
        is_counted = 0 < _number_in(memory + 'kmem.tcp.limit_in_bytes') < NO_LIMIT
        self._in_sockets = _open(memory + 'kmem.tcp.max_usage_in_bytes') if is_counted else None
        self._sockets = None if is_counted else SocketMemory(MOST_IN_SOCKETS, net)

    def oom_kills(self):
        return super().oom_kills() + (1 if self._is_too_much_in_sockets() else 0)

    def _is_too_much_in_sockets(self):
        if self._sockets:
            return self._sockets.is_over()
        return _number(self._in_sockets) > MOST_IN_SOCKETS

    def _counted_cpu_ms(self):
        return _number(self._cpu) / 1e6


class Version2(Counters):
    def __init__(self, top, _net):
        self._cpu = _open(top + '/cpu.stat')
        # memory.peak came with Linux 5.19; before it, the present use is the best there is.
        self._memory = _open(top + '/memory.peak', top + '/memory.current')
        self._ooms = _open(top + '/memory.events')
        self._pids = _open(top + '/pids.events')

    def _counted_cpu_ms(self):
        return _field(self._cpu, b'usage_usec') / 1e3


def counters(top=TOP, net='/proc/net'):
    return (Version2 if os.path.exists(top + '/cgroup.controllers') else Version1)(top, net)


def _is_full(folder):
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    return found.f_bavail == 0 or (found.f_files > 0 and found.f_ffree == 0)


class Usage:
    """Reports to the worker while the program runs. What was used before that does not count, except for memory."""

    def __init__(self, loop, worker, top=TOP):
        self._loop, self._worker = loop, worker
        self._counters = counters(top)
        self.missing = self._counters.missing()
        self._before = self._counters.cpu_ms()
        self._sent = None
        self._quiet = 0
        self._peak = 0

    def watch(self):
        self._loop.after('usage', PERIOD_SECONDS, self._look)

    def leave(self):
        """The last report; the message that ends the run follows it."""
        self._loop.cancel('usage')
        self._send(self._report())

    def _look(self):
        self.watch()
        report = self._report()
        self._quiet = 0 if self._is_news(report) else self._quiet + 1
        # A worker that is slow to read gets the next one.
        if (self._quiet == 0 or self._quiet % QUIET_PERIODS == 0) and not self._worker.is_behind:
            self._send(report)

    def _is_news(self, report):
        """Whether more happened than that we looked."""
        before = self._sent
        if before is None or report['cpuMs'] - before['cpuMs'] > 1:
            return True
        return any(report[key] != before[key] for key in ('oomKills', 'refusedForks', 'full'))

    def _send(self, report):
        self._sent = report
        self._worker.send(report)

    def _report(self):
        seen = self._counters
        self._peak = max(self._peak, seen.memory())
        return {
            'type': 'usage',
            'cpuMs': round(max(0, seen.cpu_ms() - self._before), 3),
            'memoryBytes': self._peak,
            'oomKills': seen.oom_kills(),
            'refusedForks': seen.refused_forks(),
            'missing': self.missing,
            'full': [name for name, folder in FOLDERS if _is_full(folder)],
        }
