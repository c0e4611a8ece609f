"""The first process of a container: `main.py grading` runs a grader, `main.py student` one student command."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'python')]

from loop import Loop  # noqa: E402  (the path above comes first)
from worker import Worker  # noqa: E402


def main():
    role = sys.argv[1] if len(sys.argv) > 1 else ''
    if role == 'grading':
        from grading import Grading as Role
    elif role == 'student':
        from student import Student as Role
        from refused_calls import refuse

        refuse()
    else:
        sys.exit('Gradeport: usage: main.py grading|student')
    try:
        os.setgroups([])  # the engine gave root its groups; nothing here needs them
    except PermissionError:
        pass
    loop = Loop()
    Role(loop, Worker(loop)).begin()
    loop.run()


main()
