"""Graders written for this very Python need no other one to be started: the agent forks itself for them."""
import os
import site
import sys

import gradeport_script
from in_process import finish, leave_the_agent
from inginious_container_api.run_types import run_types
from which import which

for _name in gradeport_script.API:  # what most graders import: done while the container waits
    __import__('inginious_container_api.' + _name)


def runner_of(argv, shebang):
    """A function that runs the grader in this process, in a forked child; None: it wants a program of its own.

    argv: the command; shebang: the words of its first line, when it is a file of the task.
    """
    if len(argv) == 2 and [argv[0]] == run_types['py']:
        return lambda: _run(argv[1], gradeport_script.run)
    if len(argv) == 1 and _is_this_python(shebang):
        return lambda: _run(argv[0], _run_plain)
    if len(argv) == 2 and _is_this_python(argv[:1]):
        return lambda: _run(argv[1], _run_plain)
    return None


def _is_this_python(words):
    if len(words) == 2 and os.path.basename(words[0]) == 'env':
        path = which(words[1], os.get_exec_path())
    else:
        path = words[0] if len(words) == 1 else None
    return path is not None and os.path.realpath(path) == os.path.realpath(sys.executable)


def _run(path, run):
    leave_the_agent()
    sys.argv = [path]
    # The agent runs without the image's site-packages and without PYTHONPATH; a grader has both.
    sys.path[:0] = [part for part in os.environ.get('PYTHONPATH', '').split(':') if part]
    site.main()
    sys.stdout.reconfigure(line_buffering=True)
    finish(lambda: run(path))


def _run_plain(path):
    """As `python3 path` does: its folder comes first, its names are __main__'s."""
    with open(path, 'rb') as file:
        source = file.read()
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    names = sys.modules['__main__'].__dict__
    for name in [name for name in names if not name.startswith('__')]:
        del names[name]
    names['__file__'] = path
    exec(compile(source, path, 'exec', dont_inherit=True), names)
