"""The folder scripts/ of a terminal's task: there for setup and teardown, and hidden from the student in between.

INGInious takes its rights away, which its owner, the student's own user, can give back. Here its files wait in the agent's
memory, and an empty folder that no one can read stands in its place.
"""
import os
import stat
import time

from worker_link import complain

SCRIPTS = '/task/student/scripts'
MOST_BYTES = 16 * 1024 * 1024
MOST_FILES = 1000


class TooMuch(Exception):
    pass


class HiddenScripts:
    """Both functions act as the effective user, and follow no link."""

    def __init__(self, folder=SCRIPTS):
        self._folder = folder
        self._kept = None

    def hide(self):
        try:
            if not stat.S_ISDIR(os.lstat(self._folder).st_mode):
                return
            # Kept first: whatever cannot be removed (a pipe), the files come back.
            self._kept = _files_of(self._folder)
            _remove(self._kept)
            os.mkdir(self._folder, 0)
        except FileNotFoundError:
            pass
        except TooMuch:
            complain('student/scripts is too large to be hidden from the student: more than 16 MiB or 1000 files.')
        except OSError as error:
            complain('student/scripts is not hidden from the student: %s.' % error)

    def show(self):
        """Put it back; what the student put in its place is moved aside."""
        kept, self._kept = self._kept, None
        if kept is None:
            return
        try:
            try:
                os.rmdir(self._folder)
            except FileNotFoundError:
                pass
            except OSError:
                os.rename(self._folder, '%s.%d' % (self._folder, time.time_ns()))
            for path, mode, content in kept:
                _put(path, mode, content)
        except OSError as error:
            complain('student/scripts cannot be put back: %s.' % error)


def _files_of(folder):
    """[(path, mode, content)], folders before what is in them; content: None of a folder, a text of a link."""
    found, size = [], 0
    for top, folders, files in os.walk(folder, onerror=_fail):
        found.append((top, stat.S_IMODE(os.lstat(top).st_mode), None))
        for name in files + [one for one in folders if os.path.islink(os.path.join(top, one))]:
            path = os.path.join(top, name)
            seen = os.lstat(path)
            size += seen.st_size
            if len(found) >= MOST_FILES or size > MOST_BYTES:
                raise TooMuch()
            if stat.S_ISLNK(seen.st_mode):
                found.append((path, 0, os.readlink(path)))
            elif stat.S_ISREG(seen.st_mode):
                found.append((path, stat.S_IMODE(seen.st_mode), _content(path)))
    return found


def _remove(kept):
    for path, _, content in reversed(kept):
        if content is None:
            os.rmdir(path)
        else:
            os.unlink(path)


def _fail(error):
    raise error


def _content(path):
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), 'rb') as file:
        return file.read(MOST_BYTES + 1)


def _put(path, mode, content):
    if content is None:
        os.mkdir(path, 0o700)
        os.chmod(path, mode | 0o700)
    elif isinstance(content, str):
        os.symlink(content, path)
    else:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), 'wb') as file:
            file.write(content)
            os.fchmod(file.fileno(), mode)
