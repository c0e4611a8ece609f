"""Links that a student's program leaves for the grader: in the student folder, leading to the grader's own places.

Where the student folder's mount follows no link, they stay: whatever goes through them fails.  Elsewhere (gVisor resolves
links itself, a volume has one set of options for everybody) they are removed before the grader goes on.
"""
import os
import re
import stat

STUDENT = '/task/student'
# What only the grader sees, or sees differently than the student's program.
OWN = ('/task', '/course', '/archive', '/tmp', '/var/tmp', '/dev', '/proc', '/sys', '/run')
OWN_MARK = '/.__'
MOUNTS = '/proc/self/mountinfo'
# A grader's path has a few names; a folder further down would cost a descriptor each.
MAX_DEPTH = 32
# The kernel writes blanks in paths as \040.
_UNUSUAL = re.compile(r'\\([0-7]{3})')
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def follows_links():
    """Return whether links in the student folder are followed."""
    marks = None
    try:
        with open(MOUNTS) as mounts:
            for line in mounts:
                words = line.split()
                if words[4] == STUDENT:
                    marks = words[5].split(',')  # the last mount is on top
    except OSError:
        pass
    return marks is None or 'nosymfollow' not in marks


def writable_mounts():
    """Return what else the grader may write to, such as the volumes of its image: proc(5), mountinfo."""
    places = []
    try:
        with open(MOUNTS) as mounts:
            for line in mounts:
                words = line.split()
                place = _UNUSUAL.sub(lambda found: chr(int(found.group(1), 8)), words[4])
                if 'rw' in words[5].split(',') and place not in ('/', STUDENT):
                    places.append(place)
    except OSError:
        pass
    return tuple(places)


def leading_out(top=STUDENT, remove=False, depth=MAX_DEPTH):
    """Return the links below a folder that lead to the grader's own places, by path; remove them if asked to."""
    try:
        folder = os.open(top, _FOLDER)
    except OSError:
        return []
    try:
        return _look(folder, top, top, OWN + writable_mounts(), remove, depth)
    finally:
        os.close(folder)


def _look(folder, path, top, own, remove, depth):
    found = []
    for name in _names(folder):
        whole = path + '/' + name
        try:
            kind = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if stat.S_ISLNK(kind.st_mode) and _is_own(os.path.realpath(whole), top, own):
                found.append(whole)
                if remove:
                    os.unlink(name, dir_fd=folder)
            elif stat.S_ISDIR(kind.st_mode) and depth > 1:
                found += _below(folder, name, kind, (whole, top, own, remove, depth - 1))
        except OSError:
            continue  # it went away, or is not ours to look at: then it is not ours to follow either
    return found


def _below(folder, name, kind, rest):
    inner = os.open(name, _FOLDER, dir_fd=folder)
    try:
        seen = os.fstat(inner)  # gVisor follows a link in spite of O_NOFOLLOW|O_DIRECTORY
        same = (seen.st_dev, seen.st_ino) == (kind.st_dev, kind.st_ino)
        return _look(inner, *rest) if same else []
    finally:
        os.close(inner)


def _names(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _is_own(real, top, own):
    if real == top or real.startswith(top + '/'):
        return False
    return real == '/' or real.startswith(OWN_MARK) or any(real == one or real.startswith(one + '/') for one in own)
