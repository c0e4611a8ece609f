"""Files in the student folder, opened for a grader: never through a link that a student's program left there.

The folder is opened first, and each name below it in the folder before, so that nothing that the program swaps meanwhile
leads out.  Paths elsewhere are opened as they are: only graders write there.
"""
import errno
import os
import stat

STUDENT = os.environ.get('GRADEPORT_STUDENT') or '/task/student'
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def write_file(path, data):
    """Write bytes to a file, making its folder; an OSError says what is in the way."""
    with open(_opened(path, os.O_WRONLY | os.O_CREAT, make=True), 'wb') as file:
        os.ftruncate(file.fileno(), 0)
        file.write(data)


def read_file(path):
    """Return the bytes of a regular file; raises OSError."""
    with open(_opened(path, os.O_RDONLY, make=False), 'rb') as file:
        return file.read()


def _opened(path, flags, make):
    whole = os.path.abspath(path)
    names = whole[len(STUDENT) + 1 :].split('/')
    if not whole.startswith(STUDENT + '/'):
        if make:
            os.makedirs(os.path.dirname(whole), exist_ok=True)
        return os.open(whole, flags | os.O_CLOEXEC, 0o666)
    folder = os.open(STUDENT, _FOLDER)
    try:
        for name in names[:-1]:
            inner = _below(folder, name, make)
            os.close(folder)
            folder = inner
        # A pipe that nobody reads would block.
        found = os.open(names[-1], flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o666, dir_fd=folder)
        _same(found, folder, names[-1])
    finally:
        os.close(folder)
    if not stat.S_ISREG(os.fstat(found).st_mode):
        os.close(found)
        raise OSError(errno.EINVAL, 'not a regular file', path)
    return found


def _below(folder, name, make):
    if make:
        try:
            os.mkdir(name, dir_fd=folder)
        except FileExistsError:
            pass
    return _same(os.open(name, _FOLDER, dir_fd=folder), folder, name)


def _same(found, folder, name):
    """Return found if it is what the folder has under this name: gVisor follows a link in spite of O_NOFOLLOW|O_DIRECTORY."""
    seen, opened = os.stat(name, dir_fd=folder, follow_symlinks=False), os.fstat(found)
    if (seen.st_dev, seen.st_ino) == (opened.st_dev, opened.st_ino):
        return found
    os.close(found)
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), name)
