"""The grading role: one grader, its feedback while it comes, its student runs, one result."""
import os
import time

import feedback_file
import gradeport_frames as frames
import zygote
from cpu_limit import cpu_limit_of
from grader_command import NoCommand, find_command, shebang_of, why_not_started
from hello import ready
from identity import acting_as, user_of
from inputs import write_inputs
from full_folders import FullFolders
from launch import LaunchError, prepare, take_prepared
from output import Output
from process_count import Crowd
from program import Program
from python_grader import runner_of
from student_channels import Students
from surroundings import grader_environment
from worker_link import complain

LIVE_SECONDS = 0.05
LIVE_BYTES = 256 * 1024
CLOCK_TICK_NS = 20_000_000


class Grading:
    def __init__(self, loop, worker):
        self._loop, self._worker = loop, worker
        self._students = Students(loop, worker)
        self._output = None
        self._seen = None
        self._sent = b''
        self._began = None
        self._files = None
        self._usage = None
        worker.on_message = self._message
        worker.on_bytes = self._bytes

    def begin(self):
        zygote.start()
        prepare(user_of(False), grader=True)
        with acting_as(user_of(False)):  # the user of nearly every grader
            self._students.listen()
        self._worker.send(ready())

    def _message(self, message):
        if message.get('type') == 'student-exit':
            self._students.exited(message)
        elif message.get('type') == 'stdin-taken':
            self._students.tell(message['channel'], {'type': 'stdin-taken', 'bytes': message['bytes']})
        elif message.get('type') == 'stdin-closed':
            self._students.tell(message['channel'], {'type': 'stdin-closed'})
        elif message.get('type') == 'files' and self._files is None and self._output is None:
            self._expect(message['entries'])
        elif message.get('type') == 'start' and self._output is None:
            self._start(message)
        else:
            complain('the worker sent a message that makes no sense here: %r.' % message.get('type'))

    def _bytes(self, stream, channel, data):
        if stream == frames.FILES and self._files and self._output is None:
            self._files.give(data)
        else:
            self._students.from_worker(stream, channel, data)

    def _expect(self, entries):
        from task_files import TaskFiles  # late: most workers lay the task out themselves

        self._files = TaskFiles()
        self._files.begin(entries)

    def _start(self, start):
        if self._files and (self._files.refused or not self._files.complete):
            missing = {'type': 'files-refused', 'noSpace': False, 'reason': 'the files are not complete'}
            self._worker.end(frames.json_frame(self._files.refused or missing))
            return
        if start.get('reports'):
            from usage import Usage  # late: most workers look at the container themselves

            self._usage = Usage(self._loop, self._worker)
            self._usage.watch()
        self._cpu = cpu_limit_of(start, self._usage)
        self._user = user_of(start['runAsRoot'])
        self._output = Output(self._loop, self._worker, start['outputBytes'], lambda: self._program.kill())
        self._program = Program(self._loop, self._output, self._ended, self._cpu.seconds)
        self._crowd = Crowd(self._loop, start.get('pids'), lambda: self._program.kill())
        self._full = FullFolders(self._loop)
        try:
            write_inputs(start)
            with acting_as(self._user):
                feedback_file.create()
                argv = find_command(start['command'])
            if self._user != user_of(False):
                self._listen_as_root()
        except NoCommand as reason:
            self._finish(None, str(reason))
            return
        except OSError as error:
            complain('cannot prepare the run: %s.' % error)
            self._finish(None, 'The grader\'s container could not be prepared: %s.' % error)
            return
        self._launch(argv)

    def _listen_as_root(self):
        with acting_as(user_of(False)):
            self._students.stop_listening()
        with acting_as(self._user):
            self._students.listen()

    def _launch(self, argv):
        self._seen = feedback_file.stamp()
        self._began = time.monotonic()
        ahead = take_prepared(self._user)
        null = None if ahead else os.open('/dev/null', os.O_RDONLY)
        try:
            runner = runner_of(argv, shebang_of(argv[0]))
            self._program.start(argv, grader_environment(), '/task', self._user, null, runner=runner, ahead=ahead)
        except LaunchError as error:
            self._began = None
            self._finish(None, why_not_started(argv, error))
            return
        self._loop.after('feedback', LIVE_SECONDS, self._live)
        self._crowd.watch()
        self._full.watch()

    def _live(self):
        """Send the feedback when its file changed. Watching the file also serves graders that write it themselves."""
        self._loop.after('feedback', LIVE_SECONDS, self._live)
        now = feedback_file.stamp()
        if now is None or now == self._seen:
            return
        try:
            with acting_as(self._user):
                data = feedback_file.read(LIVE_BYTES)
            if data != self._sent:
                self._worker.send({'type': 'feedback', 'feedback': feedback_file.parse(data)})
                self._sent = data
        except BlockingIOError:
            return  # being written: look again
        except (feedback_file.Unusable, RecursionError):
            pass
        if time.time() * 1e9 - now[2] > CLOCK_TICK_NS:  # else a second change may leave the same stamp
            self._seen = now

    def _ended(self, code):
        self._loop.cancel('feedback')
        self._crowd.leave()
        if self._full.leave() and code:
            self._output.say(frames.STDERR, self._full.sentence())
        self._finish(code, None)

    def _finish(self, code, problem):
        """Read the grader's files once all its processes have ended, and send the last message."""
        taken = time.monotonic() - self._began if self._began is not None else 0
        feedback = b'null'
        if problem is None:
            try:
                with acting_as(self._user):
                    data = feedback_file.read()
                feedback = feedback_file.encoded(feedback_file.parse(data))
            except feedback_file.Unusable as reason:
                problem = str(reason)
            except BlockingIOError:
                problem = 'The grader\'s feedback file is still locked by a process that cannot be ended.'
        result = {
            'type': 'result',
            'problem': problem and problem[:10_000],
            'ended': self._how(code),
            'exitCode': code,
            'graderMs': round(taken * 1000, 1),
            'outputBytes': self._output.count,
        }
        if self._usage:
            self._usage.leave()
        self._worker.end(frames.json_frame_with(result, 'feedback', feedback))

    def _how(self, code):
        if self._output.exceeded:
            return 'output-limit'
        if self._crowd.exceeded:
            return 'process-limit'
        return 'cpu-limit' if self._cpu.is_exceeded(code) else 'exit'

