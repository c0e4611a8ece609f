"""The feedback file: INGInious' JSON, read and written by one process at a time."""
import fcntl
import json
import os

from inginious_container_api.utils import OUTPUT_FILE


class Locked:
    """The feedback file, held by one writer at a time; always the same path, because scripts may know it."""

    def __enter__(self):
        self._fd = os.open(OUTPUT_FILE, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        return self

    def __exit__(self, *_):
        os.close(self._fd)

    def load(self):
        with open(self._fd, 'rb', closefd=False) as file:
            file.seek(0)
            data = file.read()
        try:
            return json.loads(data.decode('utf-8')) if data.strip() else {}
        except ValueError:
            return {'result': 'crash', 'text': 'The feedback file was overwritten with something that is not JSON.'}

    def save(self, feedback):
        data = json.dumps(feedback).encode()
        os.lseek(self._fd, 0, os.SEEK_SET)
        os.ftruncate(self._fd, 0)
        while data:
            data = data[os.write(self._fd, data) :]
