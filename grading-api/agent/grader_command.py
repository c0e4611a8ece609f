"""The program that grades: the task's own command, or the first of run, run.py, run.sh ... in task and course."""
import errno
import os

from image_run_types import image_run_types
from inginious_container_api.run_types import COMMANDS, run_types
from surroundings import DEFAULT_PATH
from which import which

FOLDERS = ('/task', '/course/common', '/course')
FIRST_LINE_BYTES = 512
BOM = b'\xef\xbb\xbf'


class NoCommand(Exception):
    """Why nothing can be run: a sentence for the teacher."""


def find_command(command):
    """Return the argv of the grader; raises NoCommand. Looks with the rights of the effective user."""
    if command is not None:
        if not command or not command[0]:
            raise NoCommand('The command of the task (run_cmd) is empty.')
        path = command[0] if '/' in command[0] else None
        return _runnable(path) + command[1:] if path and os.path.isfile(path) else list(command)
    for folder in FOLDERS:
        found = _in(folder, run_types) or _in(folder, image_run_types())
        if found:
            return found
    names = ', '.join(['run'] + ['run.' + extension for extension in run_types])
    raise NoCommand('The task has no grader: none of %s is in the task or its course.%s%s' % (names, _broken_links(), _nearly(names)))


def _in(folder, types):
    """The words of the folder's grader, None if it has none."""
    path = folder + '/run'
    if os.path.isfile(path):
        return _runnable(path)
    for extension, interpreter in types.items():
        path = '%s/run.%s' % (folder, extension)
        if os.path.isfile(path):
            if extension == 'sh':
                _refuse_invisible(path)  # Python reads them, a shell does not
            return interpreter + [path]
    return None


def _broken_links():
    """A sentence about links that lead out of what the container sees."""
    names = ['/task/run'] + ['/task/run.' + extension for extension in run_types]
    links = ['%s is a link to %s' % (name, os.readlink(name)) for name in names if os.path.islink(name)]
    seen = 'only the task and /course/common can be seen here'
    return ' %s, which leads nowhere: %s.' % (' and '.join(links), seen) if links else ''


def _nearly(names):
    """A sentence about a folder of such a name, and about names that differ by case or by one more ending."""
    wanted = names.split(', ')
    for name in sorted(os.listdir('/task')) if os.path.isdir('/task') else []:
        if name in wanted and os.path.isdir('/task/' + name):
            return ' /task/%s is a folder: put the program that grades into a file run.' % name
        meant = name.lower()
        for ending in ('.txt', '.bak', '.orig', '.old'):
            meant = meant[: -len(ending)] if meant.endswith(ending) else meant
        if meant in wanted and meant != name:
            return ' There is /task/%s: rename it to %s.' % (ascii(name)[1:-1], meant)
    return ''


def _runnable(path):
    """The words that run path: the file alone, or after its interpreter if the system would not run it."""
    words = shebang_of(path)
    if words and not os.path.exists(words[0]):
        found = _elsewhere(words[0])
        return [found] + words[1:] + [path] if found else [path]
    if os.access(path, os.X_OK, effective_ids=True) or _make_executable(path):
        return [path]
    if not words:
        raise NoCommand('%s is not executable: it has neither the x permission nor a "#!" line.' % path)
    return words + [path]


def _elsewhere(interpreter):
    """Where this image has a program that another one has in /bin, None if nowhere."""
    folders = [COMMANDS] + (os.environ.get('PATH') or DEFAULT_PATH).split(os.pathsep)
    return which(os.path.basename(interpreter), folders)


def _make_executable(path):
    try:
        os.chmod(path, os.stat(path).st_mode & 0o7777 | 0o111)
        return True
    except OSError:
        return False


def shebang_of(path):
    """The interpreter of the first line and its one argument; [] if there is none or the line cannot be read."""
    try:
        with open(path, 'rb') as file:
            line = file.readline(FIRST_LINE_BYTES)
    except OSError:
        return []
    if line.startswith((b'#!', BOM + b'#!')):
        _refuse_invisible(path)
    if not line.startswith(b'#!'):
        return []
    return [os.fsdecode(word) for word in line[2:].strip().split(None, 1)]


def _refuse_invisible(path):
    """Name what an editor does not show and a shell or the kernel stumbles over."""
    try:
        with open(path, 'rb') as file:
            line = file.readline(FIRST_LINE_BYTES)
    except OSError:
        return
    if line.startswith(BOM):
        raise NoCommand(
            '%s begins with a byte order mark, which no system takes for the beginning of a program. '
            'Save it as UTF-8 without one.' % path
        )
    if line.endswith(b'\r\n'):
        raise NoCommand(
            '%s has Windows line ends: its first line ends with a carriage return, which becomes a part of the '
            'command. Save it with Unix line ends (LF).' % path
        )


def why_not_started(argv, error):
    """A sentence about a LaunchError of the grader."""
    reason = os.strerror(error.number)
    if error.step != 'program':
        return 'The grader could not be started (%s): %s.' % (error.step, reason)
    path = argv[0]
    if error.number == errno.ENOENT and os.path.exists(path):
        try:
            interpreter = shebang_of(path)
        except NoCommand as sentence:
            return str(sentence)
        if interpreter:
            return '%s asks for %s in its first line, which this environment does not have.' % (path, interpreter[0])
    if error.number == errno.ENOENT:
        return 'The grader needs %s, which this environment does not have.' % path
    if error.number == errno.ENOEXEC:
        return '%s cannot be run: it is not a program and has no "#!" line that names its interpreter.' % path
    return '%s cannot be run: %s.' % (path, reason)
