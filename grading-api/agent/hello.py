"""The first message of an agent."""
import os

from gradeport_frames import PROTOCOL_VERSION

STUDENT_FOLDER = '/task/student'


def ready():
    """The ready message, with the size of the file system that a student's program may fill."""
    try:
        found = os.statvfs(STUDENT_FOLDER)
        size = found.f_blocks * found.f_frsize
    except OSError:
        size = None
    return {'type': 'ready', 'protocol': PROTOCOL_VERSION, 'studentBytes': size}
