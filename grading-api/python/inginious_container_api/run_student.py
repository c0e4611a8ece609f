"""Run student code in a separate container, where only /task/student can be written."""
import os
import sys

from inginious_container_api import student_channel
from inginious_container_api.student_status import StudentStatus

NOT_AVAILABLE, OUT_OF_MEMORY, TIMED_OUT, REFUSED = 251, 252, 253, 254


def run_student(
    cmd,
    container=None,
    time_limit=0,
    hard_time_limit=0,
    memory_limit=0,
    share_network=False,
    working_dir=None,
    stdin=None,
    stdout=None,
    stderr=None,
    signal_handler_callback=None,
    ssh=False,
    start_student_as_root=False,
    teardown_script='',
    owns_stdin=False,
):
    """Run cmd in a student container and return its exit status.

    cmd: one string, split like a shell does, but run without a shell ("bash -c '...'" for one).
    container: name of an environment, by default the grader's own.
    time_limit, hard_time_limit: seconds of CPU and of clock; memory_limit: MiB.  0 or more than the grader's: its limits.
    share_network: the same network as the grading container.
    working_dir: a folder of the student container, by default the current one (below /task/student).
    stdin, stdout, stderr: file descriptors (or files); None is /dev/null.
    signal_handler_callback: called once with a function that sends a signal (a number) to the command.
    start_student_as_root: root in the student container, where the environment allows it.
    teardown_script: a command run there after cmd.
    owns_stdin: close stdin when cmd closes its own, as a program does that reads no further.
    ssh: show the student a terminal in the container after cmd (see ssh_student).

    Returns 256-n when signal n ended the command, 251 when student containers are not available, 252 when it hit a
    limit of memory, output, disk or processes, 253 when it ran out of time, 254 when it could not be run. A command may
    exit with these numbers on its own: the fields of the status say what happened (see StudentStatus).
    """
    try:
        stdin, stdout, stderr = (_descriptor(file) for file in (stdin, stdout, stderr))
        request = {
            'type': 'run-student',
            'command': cmd,
            'environment': container,
            'time': _number(time_limit),
            'hardTime': _number(hard_time_limit),
            'memory': _number(memory_limit),
            'shareNetwork': bool(share_network),
            'runAsRoot': bool(start_student_as_root),
            'mergeStderr': _same(stdout, stderr),
            'workingDir': working_dir or os.getcwd(),
            'teardown': teardown_script or '',
        }
        if ssh:
            request['terminal'] = True
        end = student_channel.run(request, stdin, stdout, stderr, signal_handler_callback, owns_stdin)
        return StudentStatus(end['code'], end.get('how'))
    except student_channel.NoAgent as error:
        sys.stderr.write('run_student: %s\n' % error)
        return StudentStatus(NOT_AVAILABLE)
    except Exception as error:
        sys.stderr.write('run_student: %s: %s\n' % (type(error).__name__, error))
        return StudentStatus(REFUSED)


def run_student_simple(
    cmd,
    cmd_input=None,
    container=None,
    time_limit=0,
    hard_time_limit=0,
    memory_limit=0,
    share_network=False,
    working_dir=None,
    stdout_err_fuse=False,
    text='utf-8',
):
    """Run cmd like run_student, with cmd_input (str or bytes) as its stdin, and return what it printed.

    Returns (stdout, stderr, status), or (stdout, status) with both in stdout when stdout_err_fuse is true.
    text: the encoding of input and output, undecodable bytes replaced; None or False: the output is bytes.
    Input and output may be of any length.
    """
    encoding = 'utf-8' if text is True else text
    given = b'' if cmd_input is None else cmd_input
    if isinstance(given, str):
        given = given.encode(encoding or 'utf-8')
    with _scratch(given) as stdin, _scratch() as stdout, _scratch() as stderr:
        status = run_student(
            cmd,
            container=container,
            time_limit=time_limit,
            hard_time_limit=hard_time_limit,
            memory_limit=memory_limit,
            share_network=share_network,
            working_dir=working_dir,
            stdin=stdin.fileno(),
            stdout=stdout.fileno(),
            stderr=(stdout if stdout_err_fuse else stderr).fileno(),
        )
        printed = [_content(file, encoding) for file in (stdout, stderr)]
    return (printed[0], status) if stdout_err_fuse else (printed[0], printed[1], status)


def _number(limit):
    return max(0, float(limit or 0))


def _descriptor(file):
    return file.fileno() if hasattr(file, 'fileno') else file


def _same(stdout, stderr):
    """True if both are the same (2>&1): then the student's program must use one pipe too, or the order is lost."""
    return None not in (stdout, stderr) and os.path.sameopenfile(stdout, stderr)


def _scratch(content=b''):
    """A file in memory: unlike a pipe it accepts all data before anything reads it."""
    if hasattr(os, 'memfd_create'):
        file = os.fdopen(os.memfd_create('run_student'), 'w+b')
    else:
        import tempfile

        file = tempfile.TemporaryFile()
    file.write(content)
    file.flush()
    file.seek(0)
    return file


def _content(file, encoding):
    file.seek(0)
    data = file.read()
    return data.decode(encoding, 'replace') if encoding else data
