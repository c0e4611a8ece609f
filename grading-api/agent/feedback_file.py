"""The grader's feedback file. The file is the truth, whichever program wrote it; it must not harm the agent."""
import errno
import fcntl
import json
import math
import os
import stat

import gradeport_frames as frames
import pictures

PATH = '/.__output/__feedback.json'
# The server has the same bounds: voices.ts.
MAX_BYTES = 1024 * 1024
# With pictures that will be left out; the agent shares its memory with the grader.
MAX_READ_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 100
MAX_VALUES = 20_000
NUMBER_DIGITS = 300
NONE_GIVEN = 'The grader gave no feedback.'
NO_FILE = 'The grader replaced its feedback file with something that is not a file.'


class Unusable(Exception):
    """Why there is no usable feedback: a sentence for the teacher."""


def create():
    """Create the empty file as the effective user (only its owner may replace a file in a sticky folder)."""
    mask = os.umask(0)
    try:
        os.close(os.open(PATH, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o666))
    finally:
        os.umask(mask)


def stamp():
    """A value that changes when the file does, None if there is no file."""
    try:
        found = os.stat(PATH)
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns)


def read(limit=MAX_BYTES):
    """Return the bytes of the file; raises Unusable, or BlockingIOError while a writer holds the lock."""
    try:
        fd = os.open(PATH, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except FileNotFoundError:
        raise Unusable(NONE_GIVEN)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Unusable(NO_FILE)
        raise Unusable('The grader\'s feedback file cannot be read: %s.' % os.strerror(error.errno))
    with open(fd, 'rb') as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise Unusable(NO_FILE)
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        data = file.read(limit + 1)
        if len(data) > limit == MAX_BYTES:
            data = pictures.without_largest(data + file.read(MAX_READ_BYTES), limit)
    if len(data) > limit:
        raise Unusable('The grader\'s feedback is larger than %d MiB.' % (limit >> 20))
    return data


def parse(data):
    """Return the value of the JSON bytes, with null for numbers JSON does not know; raises Unusable."""
    if not data.strip():
        raise Unusable(NONE_GIVEN)
    value = _loaded(data)
    _measure(value)
    return value


def _measure(value):
    """Level by level, because recursion is what a deep value would exhaust."""
    level, depth, values = [value], 0, 0
    while level:
        inner = []
        for each in level:
            if isinstance(each, dict):
                inner.extend(each.values())
            elif isinstance(each, list):
                inner.extend(each)
        values += len(level)
        depth += any(isinstance(each, (dict, list)) for each in level)
        if depth > MAX_DEPTH:
            raise Unusable('The grader\'s feedback is nested more than %d levels deep.' % MAX_DEPTH)
        if values > MAX_VALUES:
            raise Unusable('The grader\'s feedback has more than %d values.' % MAX_VALUES)
        level = inner


def _loaded(data):
    try:
        return json.loads(data.decode('utf-8'), parse_constant=_nothing, parse_float=_finite, parse_int=_whole)
    except UnicodeDecodeError as error:
        line = data.count(b'\n', 0, error.start) + 1
        column = error.start - data.rfind(b'\n', 0, error.start)
        raise Unusable('The grader\'s feedback is not UTF-8: line %d, byte %d.' % (line, column))
    except json.JSONDecodeError as error:
        where = 'line %d, column %d' % (error.lineno, error.colno)
        raise Unusable('The grader\'s feedback is not JSON: %s (%s).' % (where, error.msg))
    except RecursionError:
        raise Unusable('The grader\'s feedback is nested too deeply.')


def encoded(value):
    """Return the value as JSON bytes that fit into a frame; raises Unusable."""
    try:
        data = frames.encode(value)
    except RecursionError:
        raise Unusable('The grader\'s feedback is nested too deeply.')
    if len(data) > MAX_BYTES:
        raise Unusable('The grader\'s feedback is larger than %d MiB.' % (MAX_BYTES >> 20))
    return data


def _nothing(_name):
    return None


def _finite(text):
    number = float(text)
    return number if math.isfinite(number) else None


def _whole(text):
    return int(text) if len(text) <= NUMBER_DIGITS else None
