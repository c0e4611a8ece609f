"""Graders written for this very Python do not need to start another one: the agent forks itself for them."""
import os
import site
import sys

import gradeport_script
import old_python
from in_process import finish, leave_the_agent
from inginious_container_api.run_types import run_types
from which import which

for _name in gradeport_script.API:  # most graders import these: done while the container waits
    __import__('inginious_container_api.' + _name)


def runner_of(argv, shebang):
    """The runner for run_as(), which runs the grader in a forked child; None if it needs a separate program.

    argv: the command; shebang: the words of its first line, when it is a file of the task.
    """
    if len(argv) == 2 and [argv[0]] == run_types['py']:
        return ('script', argv[1])
    if len(argv) == 1 and _is_this_python(shebang):
        return ('plain', argv[0])
    if len(argv) == 2 and _is_this_python(argv[:1]):
        return ('plain', argv[1])
    return None


def _is_this_python(words):
    if len(words) == 2 and os.path.basename(words[0]) == 'env':
        path = which(words[1], os.get_exec_path())
    else:
        path = words[0] if len(words) == 1 else None
    return path is not None and os.path.realpath(path) == os.path.realpath(sys.executable)


def run_as(kind, path):
    run = gradeport_script.run if kind == 'script' else _run_plain
    leave_the_agent()
    sys.argv = [path]
    # The agent runs without the image's site-packages and without PYTHONPATH; a grader has both.
    sys.path[:0] = [part for part in os.environ.get('PYTHONPATH', '').split(':') if part]
    site.main()
    old_python.understand()
    sys.stdout.reconfigure(line_buffering=True)
    finish(lambda: run(path))


def _run_plain(path):
    """Run like `python3 path`: the file's folder comes first, and its names are __main__'s."""
    with open(path, 'rb') as file:
        source = file.read()
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    names = sys.modules['__main__'].__dict__
    for name in [name for name in names if not name.startswith('__')]:
        del names[name]
    names['__file__'] = path
    exec(compile(source, path, 'exec', dont_inherit=True), names)
