"""How a student's command ended and what it used: the status that run_student returns, with fields."""

# Of each field: its name, that of the agent's message, and how it is said there.
_MILLISECONDS = 1000.0
FIELDS = (
    ('exit_status', 'exitStatus', None),
    ('signal', 'signal', None),
    ('limit', 'limit', None),
    ('cpu_seconds', 'cpuMs', _MILLISECONDS),
    ('wall_seconds', 'wallMs', _MILLISECONDS),
    ('memory_bytes', 'memoryBytes', None),
    ('output_bytes', 'outputBytes', None),
    ('disk_bytes', 'diskBytes', None),
)


class StudentStatus(int):
    """The exit status as INGInious' numbers have it. A field is None where nothing is known.

    exit_status: what the command exited with, signal: what ended it; one of the two, or neither if it hit a limit.
    limit: "time" (of the processor), "hard-time" (on the clock), "memory", "output", "disk" or "processes".
    cpu_seconds, wall_seconds, output_bytes: of the command.  memory_bytes: the most that one of its processes had, or
    its whole container if a limit ended it.  disk_bytes: what the files in /task/student took at its end.
    """

    def __new__(cls, code, how=None):
        status = super().__new__(cls, code)
        for name, said, divisor in FIELDS:
            value = (how or {}).get(said)
            setattr(status, name, value if divisor is None or value is None else value / divisor)
        return status

    def __reduce__(self):
        return _restored, (int(self), dict(self.__dict__))

    def lines(self):
        """The fields as lines of a shell script, which many other languages read as easily."""
        values = [('status', int(self))] + [(name, getattr(self, name)) for name, _, _ in FIELDS]
        return ''.join('student_%s=%s\n' % (name, _written(value)) for name, value in values)


def _restored(code, fields):
    status = StudentStatus(code)
    status.__dict__.update(fields)
    return status


def _written(value):
    if value is None:
        return ''
    return '%.3f' % value if isinstance(value, float) else str(value)
