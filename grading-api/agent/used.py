"""What a student's command used, for its grader: measured here, within the container, so it is the same on every runtime."""
import os
import resource
import time

from cpu_limit import of_ended_processes
from hello import STUDENT_FOLDER


class Used:
    """Begin it with the command, and take the figures once all its processes have ended."""

    def __init__(self):
        self._began = time.monotonic()
        self._cpu_before = of_ended_processes()

    def figures(self, output_bytes):
        """memoryBytes is that of the largest process, the others beside it not counted."""
        return {
            'cpuMs': round(of_ended_processes() - self._cpu_before, 3),
            'wallMs': round((time.monotonic() - self._began) * 1000, 3),
            'memoryBytes': resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024,
            'outputBytes': output_bytes,
            'diskBytes': _held(STUDENT_FOLDER),
        }


def _held(folder):
    """How much the files in the student folder take; None where that is no file system of its own to ask."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    return (found.f_blocks - found.f_bfree) * found.f_frsize
