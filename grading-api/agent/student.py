"""The student role: one untrusted command, its input and output as frames, then its exit status."""
import errno
import os
import shlex

import gradeport_frames as frames
from cpu_limit import cpu_limit_of
from full_folders import FullFolders
from hello import ready
from identity import acting_as, user_of
from launch import LaunchError, prepare, take_prepared
from output import Output
from process_count import Crowd
from program import Program
from student_input import StudentInput
from surroundings import student_environment
from terminal import Terminal
from used import Used
from worker_link import complain

NOT_FOUND, REFUSED = 1, 254
# What the program may print ahead of its reader, on each stream.
WINDOW_BYTES = 256 * 1024


class Student:
    def __init__(self, loop, worker):
        self._loop, self._worker = loop, worker
        self._command = None
        self._input = None
        self._failed = None
        self._terminal = None
        self._scripts = None
        self._usage = None
        self._used = self._figures = self._signal = None
        self._full = FullFolders(loop)
        worker.on_message = self._message
        worker.on_bytes = self._bytes

    def begin(self):
        prepare(user_of(False))
        self._worker.send(ready())

    def _message(self, message):
        kind = message.get('type')
        if kind == 'command' and self._command is None:
            self._start(message)
        elif kind == 'stdin-close' and self._input:
            self._input.close()
        elif kind == 'signal' and self._input:
            self._program.signal(message['signal'])
        elif kind == 'output-taken' and self._command:
            self._output.taken(message['stream'], message['bytes'])
        elif kind.startswith('terminal-') and self._terminal:
            self._terminal.message(message)
        elif kind not in ('stdin-close', 'signal', 'terminal-close'):
            complain('the worker sent a message that makes no sense here: %r.' % kind)

    def _bytes(self, stream, _channel, data):
        if stream == frames.TERMINAL and self._terminal:
            self._terminal.type(data)
        elif stream == frames.STDIN and self._input and not self._input.give(data):
            self._failed = REFUSED
            self._output.say(frames.STDERR, 'run_student: the program does not read its input; it was ended.\n')
            self._program.kill()

    def _start(self, command):
        self._command = command
        if command.get('reports'):
            from usage import Usage  # late: most workers look at the container themselves

            self._usage = Usage(self._loop, self._worker)
            self._usage.watch()
        self._cpu = cpu_limit_of(command, self._usage)
        self._user = user_of(command['runAsRoot'])
        limit = command['outputBytes']
        self._output = Output(self._loop, self._worker, limit, lambda: self._program.kill(), WINDOW_BYTES)
        self._crowd = Crowd(self._loop, command.get('pids'), lambda: self._program.kill())
        if command.get('terminal'):
            self._terminal = Terminal(self._loop, self._worker, self._user)
        try:
            argv = shlex.split(command['command'])
        except ValueError as error:
            self._refuse('run_student: %s in: %s\n' % (error, command['command']), NOT_FOUND)
            return
        if not argv and not self._terminal:
            self._refuse('run_student: the command is empty; name a program.\n', REFUSED)
            return
        self._ahead = take_prepared(self._user)
        if self._ahead:
            reading, writing = None, self._ahead.stdin
        else:
            with acting_as(self._user):
                reading, writing = os.pipe()
        self._input = StudentInput(self._loop, writing, self._user, self._took, self._closed)
        try:
            if self._terminal:
                self._run(argv or ['true'], reading, self._show_terminal, leaves_rest=True)
            else:
                self._run(argv, reading, self._teardown)
            self._used = Used()
            self._crowd.watch()
            self._full.watch()
        except LaunchError as error:
            self._refuse(*_why(argv, command, error))

    def _took(self, count):
        self._worker.send({'type': 'stdin-taken', 'channel': 0, 'bytes': count})

    def _closed(self):
        self._worker.send({'type': 'stdin-closed', 'channel': 0})

    def _run(self, argv, stdin, on_end, leaves_rest=False):
        self._program = Program(self._loop, self._output, on_end, self._cpu.seconds, leaves_rest)
        folder = self._command['workingDir'] or '/'
        merged = self._command.get('mergeStderr') is True
        ahead, self._ahead = self._ahead, None
        self._program.start(argv, student_environment(), folder, self._user, stdin, merged, ahead=ahead)

    def _show_terminal(self, code):
        """The setup ended: its status is the status of the whole run, unless the terminal's time runs out."""
        self._input.drop()
        if self._output.exceeded or self._crowd.exceeded:
            self._teardown(code)
            return
        from hidden_scripts import HiddenScripts  # late: only beside a terminal

        self._scripts = HiddenScripts()
        with acting_as(self._user):
            self._scripts.hide()
        self._program = self._terminal
        self._terminal.wait(lambda: self._teardown(code))

    def _teardown(self, code):
        """The command ended: run the teardown, after which the run ends with the command's status."""
        self._input.drop()
        self._signal = self._program.signal_number if self._failed is None else None
        self._figures = self._used.figures(self._output.count)
        code = code if self._failed is None else self._failed
        if self._full.leave() and code:
            self._output.say(frames.STDERR, self._full.sentence())
        if self._scripts:
            with acting_as(self._user):
                self._scripts.show()
        try:
            argv = shlex.split(self._command['teardown'])
            if argv:
                self._run(argv, os.open('/dev/null', os.O_RDONLY), lambda _: self._end(code))
                return
        except (ValueError, LaunchError) as error:
            self._output.say(frames.STDERR, 'run_student: teardown: %s\n' % error)
        self._end(code)

    def _end(self, code):
        """Beside a terminal, processes of setup and student may still run."""
        if not self._terminal:
            self._output.close()
            self._exit(code)
            return
        self._program = Program(self._loop, self._output, lambda _: self._seal(code))
        self._program.end_rest()

    def _seal(self, code):
        with acting_as(self._user):
            self._terminal.keep_log()
        self._exit(code)

    def _refuse(self, sentence, code):
        self._output.close()
        self._output.say(frames.STDERR, sentence)
        self._exit(code)

    def _how(self, code):
        if self._output.exceeded:
            return 'output-limit'
        if self._crowd.exceeded:
            return 'process-limit'
        return 'cpu-limit' if self._cpu.is_exceeded(code) else 'exit'

    def _exit(self, code):
        self._crowd.leave()
        if self._usage:
            self._usage.leave()
        last = {'code': code, 'ended': self._how(code), 'signal': self._signal, 'used': self._figures}
        self._worker.end(frames.json_frame(dict(last, type='exit')))


def _why(argv, command, error):
    reason = os.strerror(error.number)
    if error.step == 'folder':
        return 'run_student: %s: %s\n' % (command['workingDir'], reason), REFUSED
    if error.step != 'program':
        return 'run_student: cannot start (%s): %s\n' % (error.step, reason), REFUSED
    if error.number == errno.ENOENT and '/' not in argv[0]:
        reason = 'command not found'
    return 'run_student: %s: %s\n' % (argv[0], reason), NOT_FOUND
