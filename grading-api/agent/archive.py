"""/archive as a tar.gz, made by a child with the grader's own rights, so that the agent keeps listening."""
import os
import signal
import stat

from identity import acting_as, become
from worker_link import complain

FOLDER = '/archive'
MAX_BYTES = 30 * 1024 * 1024
MAX_CONTENT_BYTES = 256 * 1024 * 1024
NICE_READ_BYTES = 256 * 1024
TOO_LARGE = 3


def collect(loop, user, done):
    """Call done(bytes or None), perhaps later. None: nothing in it, or no archive (the reason is on stderr)."""
    if _is_empty(user):
        done(None)
        return
    reading, writing = os.pipe()
    try:
        pid = os.fork()
    except OSError as error:
        complain('/archive is not kept: %s.' % error)
        os.close(reading)
        os.close(writing)
        done(None)
        return
    if pid == 0:
        _child(user, writing)
    os.close(writing)
    parts, sizes = [], [0]

    def read():
        data = os.read(reading, NICE_READ_BYTES)
        sizes[0] += len(data)
        if data and sizes[0] <= MAX_BYTES:
            parts.append(data)
            return
        loop.forget(reading)
        os.close(reading)
        if data:
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        done(_result(parts, status, bool(data)))

    loop.watch(reading, read)


def _is_empty(user):
    try:
        with acting_as(user):
            return not os.listdir(FOLDER)
    except OSError:
        return False  # the child says what is wrong


def _result(parts, status, cut):
    if cut or (os.WIFEXITED(status) and os.WEXITSTATUS(status) == TOO_LARGE):
        complain('/archive is larger than %d MiB and is not kept.' % (MAX_BYTES >> 20))
        return None
    if status != 0:
        complain('/archive could not be read and is not kept (status %d).' % status)
        return None
    return b''.join(parts) or None


def _child(user, writing):
    code = 1
    try:
        become(user)
        with open(writing, 'wb') as pipe:
            code = _pack(pipe)
    except BaseException as error:
        complain('/archive: %s.' % error)
    finally:
        os._exit(code)


def _pack(pipe):
    """Write the regular files below the folder; no link is followed, nothing is written when there are none."""
    tar, total = None, 0
    for _, _, names, folder_fd in os.fwalk(FOLDER, follow_symlinks=False):
        root = os.path.relpath(os.readlink('/proc/self/fd/%d' % folder_fd), FOLDER)
        for name in sorted(names):
            file = _open_regular(name, folder_fd)
            if file is None:
                continue
            with file:
                total += os.fstat(file.fileno()).st_size
                if total > MAX_CONTENT_BYTES:
                    return TOO_LARGE
                tar = tar or _tar(pipe)
                _add(tar, os.path.normpath(os.path.join(root, name)), file)
    if tar:
        tar.close()
    return 0


def _tar(pipe):
    import tarfile  # 10 ms: only for those who archive

    return tarfile.open(fileobj=pipe, mode='w|gz', format=tarfile.PAX_FORMAT)


def _add(tar, name, file):
    entry = tar.gettarinfo(arcname=name, fileobj=file)
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ''
    entry.mode = 0o755 if entry.mode & 0o111 else 0o644
    if entry.isreg():  # a second name of the same file is a link to tarfile: write it in full
        tar.addfile(entry, file)
    else:
        entry.type, entry.linkname, entry.size = b'0', '', os.fstat(file.fileno()).st_size
        tar.addfile(entry, file)


def _open_regular(name, folder_fd):
    try:
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder_fd)
    except OSError as error:
        if error.errno != 40:  # ELOOP: a link, left out without a word
            complain('/archive/%s is not kept: %s.' % (name, error.strerror))
        return None
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        return None
    return open(fd, 'rb')
