"""The number of processes and threads, counted from inside: a separate kernel does not report it to the host."""
import os

PERIOD_SECONDS = 0.04


class Crowd:
    """on_limit is called once, when there are more than limit processes and threads, this one included.

    limit None: nothing is counted, because the host's kernel does it (and refuses; it is exact, this is a sample).
    """

    def __init__(self, loop, limit, on_limit):
        self._loop, self._limit, self._on_limit = loop, limit, on_limit
        self.exceeded = False

    def watch(self):
        if self._limit is not None and not self.exceeded:
            self._loop.after('crowd', PERIOD_SECONDS, self._look)

    def leave(self):
        self._loop.cancel('crowd')

    def _look(self):
        if _count(self._limit) > self._limit:
            self.exceeded = True
            self._on_limit()
        else:
            self.watch()


def _count(enough):
    """Threads of all processes; stops counting once there are too many."""
    count = 0
    for name in os.listdir('/proc'):
        if name.isdigit():
            count += _threads(name)
            if count > enough:
                break
    return count


def _threads(pid):
    try:
        return max(1, len(os.listdir('/proc/%s/task' % pid)))
    except OSError:
        return 1  # ended, and perhaps not yet waited for: under gVisor it has no threads, but still a place
