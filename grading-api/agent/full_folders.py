"""The folders in memory that were full while the program ran. Few programs say so, and many remove what they wrote."""
import os

FOLDERS = ('/tmp', '/dev/shm')
PERIOD_SECONDS = 0.05
MIB = 2**20


class FullFolders:
    def __init__(self, loop):
        self._loop = loop
        self._found = {}

    def watch(self):
        self._look()
        self._loop.after('full', PERIOD_SECONDS, self.watch)

    def leave(self):
        """Look once more; return whether any of them was full."""
        self._loop.cancel('full')
        self._look()
        return bool(self._found)

    def sentence(self):
        which = ' and '.join('%s (%s)' % found for found in sorted(self._found.items()))
        return 'Gradeport: %s had no room left while the program ran.\n' % which

    def _look(self):
        for folder in FOLDERS:
            try:
                found = os.statvfs(folder)
            except OSError:
                continue
            if found.f_bavail == 0:
                self._found[folder] = '%d MiB' % (found.f_blocks * found.f_frsize // MIB)
            elif found.f_files > 0 and found.f_ffree == 0:
                self._found[folder] = '%d files' % found.f_files
