"""The limit of processor time where nothing counts that of the container: the kernel ends each process that uses it up."""
import resource
import signal

# What a program that SIGXCPU ended leaves as its exit status, and what a shell makes of such a child. The kernel samples
# for this signal, and may be early.
ENDED_BY_SIGNAL = (256 - signal.SIGXCPU, 128 + signal.SIGXCPU)
EARLIEST = 0.5


def of_ended_processes():
    """Processor time, in ms, of every process that this one, or another that it waited for, has waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1e3


class CpuLimit:
    """seconds None: there is no such limit, because the worker knows better."""

    def __init__(self, seconds):
        self.seconds = seconds
        self._before = of_ended_processes()

    def is_exceeded(self, code):
        """Asked once all processes have ended. code: the program's exit status, None if it never started."""
        if self.seconds is None:
            return False
        used = (of_ended_processes() - self._before) / 1e3
        return used >= self.seconds or (code in ENDED_BY_SIGNAL and used >= self.seconds * EARLIEST)


def cpu_limit_of(message, usage):
    """The limit that a start or command message asks for. usage: what this agent reports, None if it does not."""
    counted_here = usage is not None and 'cpu' not in usage.missing
    return CpuLimit(None if counted_here else message.get('cpuSeconds'))
