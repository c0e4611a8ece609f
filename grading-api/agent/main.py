"""The first process of a container.

`main.py grading` runs a grader, `main.py student` one student command; `main.py compile` only compiles these modules
in COMPILED, and prints them as a tar for later containers of the same image. One more word, `filtered`: the container
has a filter of system calls that refuses calls which an engine's own filter may allow. Another one, `reporting`: the
worker will ask for reports of what the container uses. `names=` and addresses: see names.py.
"""
import gc
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'python')]
ROLE = sys.argv[1] if len(sys.argv) > 1 else ''
COMPILED = '/opt/gradeport-compiled'
if os.path.isdir(COMPILED):
    sys.pycache_prefix = COMPILED  # also for the agents' imports from the standard library
    sys.dont_write_bytecode = ROLE != 'compile'

from loop import Loop  # noqa: E402  (the path above comes first)
from worker_link import Worker  # noqa: E402


def refuse_calls():
    """Called before all other imports, which then reuse the memory that ctypes frees: 0.6 MiB in each container."""
    before = set(sys.modules)
    from refused_calls import refuse

    refuse()
    for name in set(sys.modules) - before:
        del sys.modules[name]
    gc.collect()


def print_compiled():
    sys.dont_write_bytecode = True  # tarfile is no part of an agent
    import tarfile

    with tarfile.open(fileobj=sys.stdout.buffer, mode='w|', format=tarfile.PAX_FORMAT) as archive:
        archive.add(COMPILED, arcname='')


def main():
    if ROLE == 'grading':
        from grading import Grading as Role
    elif ROLE == 'student':
        if 'filtered' not in sys.argv:
            refuse_calls()
        from student import Student as Role
    elif ROLE == 'compile':
        import grading  # noqa: F401
        import names  # noqa: F401
        import refused_calls  # noqa: F401
        import student  # noqa: F401
        import task_files  # noqa: F401
        import usage  # noqa: F401
        import zygote

        zygote.compile_all()
        print_compiled()
        return
    else:
        sys.exit('Gradeport: usage: main.py grading|student|compile')
    try:
        os.setgroups([])  # the engine gave root its groups; nothing here needs them
    except PermissionError:
        pass
    if 'reporting' in sys.argv:  # now, while compiled modules are found and nobody waits
        import task_files  # noqa: F401
        import usage  # noqa: F401
    loop = Loop()
    Role(loop, Worker(loop)).begin()
    servers = [word[6:].split(',') for word in sys.argv if word.startswith('names=')]
    if servers:  # last: processes that were forked ahead do not have its sockets
        import names

        names.begin(loop, servers[0])
    sys.pycache_prefix = None  # imports of a grader in a fork of this process have their usual place
    loop.run()


main()
