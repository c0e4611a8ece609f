"""The files of a task, sent by the worker: laid out below /task as files of the grader's user, before its program runs.

A list of entries comes first, then the content of its files, one after the other. Nothing is written over something that
is there, into a folder that was not made here, or through a link: links are made last. Everything is bounded, although
the worker is trusted: what it sends was written by a teacher.
"""
import errno
import os

from identity import GRADER, acting_as

TASK = '/task'
MOST_ENTRIES = 4000
MOST_BYTES = 4 * 1024 * 1024
MOST_NAME_BYTES = 255
MOST_PATH_BYTES = 4000
# The grader may change and run every file of its copy, as in INGInious.
MODE = 0o777


class TaskFiles:
    """refused: None, or the message that says why the task is not there; nothing more is written then."""

    def __init__(self, top=TASK, user=GRADER):
        self._top, self._user = top, user
        self._folders = {'', 'student'}
        self._files = []
        self._links = []
        self._open = None
        self._left = 0
        self._seen = False
        self.refused = None

    @property
    def complete(self):
        return self._open is None and not self._files and not self._links

    def begin(self, entries):
        """Make the folders, and expect the content of the files."""
        self._trying(lambda: self._begin(entries))

    def give(self, data):
        """Take the next bytes of content."""
        self._trying(lambda: self._give(data))

    def _trying(self, work):
        if self.refused is not None:
            return
        try:
            with acting_as(self._user):
                work()
        except (OSError, ValueError, TypeError) as error:
            number = getattr(error, 'errno', None)
            self.refused = {
                'type': 'files-refused',
                'noSpace': number in (errno.ENOSPC, errno.EDQUOT),
                'reason': str(error)[:1000],
            }
            self._close()

    def _begin(self, entries):
        if self._seen:
            raise ValueError('a second list of files')
        self._seen = True
        if len(entries) > MOST_ENTRIES:
            raise ValueError('%d files are too many' % len(entries))
        for kind, path, *more in entries:
            self._check(path)
            if kind == 'folder':
                self._make_folder(path)
            elif kind == 'file':
                self._files.append((path, self._size(*more)))
            elif kind == 'link':
                self._links.append((path, self._target(*more)))
            else:
                raise ValueError('an entry of kind %r' % kind)
        if sum(size for _, size in self._files) > MOST_BYTES:
            raise ValueError('the files are too large')
        self._files.reverse()
        self._next()

    def _check(self, path):
        parts = path.split('/')
        if any(part in ('', '.', '..') or '\0' in part or len(os.fsencode(part)) > MOST_NAME_BYTES for part in parts):
            raise ValueError('a file cannot have the name %r' % path)
        if len(os.fsencode(path)) > MOST_PATH_BYTES:
            raise ValueError('the name of a file is too long')
        if '/'.join(parts[:-1]) not in self._folders:
            raise ValueError('%r is in no folder of the task' % path)

    @staticmethod
    def _size(size):
        if type(size) is not int or size < 0:
            raise ValueError('a file of %r bytes' % size)
        return size

    @staticmethod
    def _target(target):
        if not target or '\0' in target or len(os.fsencode(target)) > MOST_PATH_BYTES:
            raise ValueError('a link cannot lead to %r' % target)
        return target

    def _make_folder(self, path):
        place = '%s/%s' % (self._top, path)
        os.mkdir(place)
        os.chmod(place, MODE)
        self._folders.add(path)

    def _next(self):
        """Open the next file that has content; make those that have none, and the links at the end."""
        while self._files:
            path, self._left = self._files.pop()
            self._open = os.open('%s/%s' % (self._top, path), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW)
            os.fchmod(self._open, MODE)
            if self._left > 0:
                return
            self._close()
        for path, target in self._links:
            os.symlink(target, '%s/%s' % (self._top, path))
        self._links = []

    def _give(self, data):
        data = memoryview(data)
        while len(data) > 0:
            if self._open is None:
                raise ValueError('more content than the files have')
            count = os.write(self._open, data[: self._left])
            data = data[count:]
            self._left -= count
            if self._left == 0:
                self._close()
                self._next()

    def _close(self):
        if self._open is not None:
            os.close(self._open)
            self._open = None
