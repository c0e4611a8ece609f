"""An image's own run types: images built for INGInious append lines to run_types.py of its package."""
import os

from worker_link import complain

LIBRARIES = ('/usr/lib', '/usr/lib64', '/usr/local/lib', '/usr/local/lib64')
PACKAGES = ('inginious_container_api', 'inginious')


def image_run_types():
    """Return {extension: [word, ...]}, empty where the image has no such package."""
    types = {}
    for path in _files():
        names = {'__file__': path, '__name__': 'run_types'}
        try:
            with open(path, 'rb') as file:
                exec(compile(file.read(), path, 'exec', dont_inherit=True), names)
            for extension, words in names['run_types'].items():
                types.setdefault(str(extension), [str(word) for word in words])
        except Exception as error:  # an error in the image's own code is for its author to read
            complain('%s: %s: %s.' % (path, type(error).__name__, error))
    return types


def _files():
    for library in LIBRARIES:
        for python in sorted(_names(library)):
            for packages in ('site-packages', 'dist-packages') if python.startswith('python3') else ():
                for package in PACKAGES:
                    path = os.path.join(library, python, packages, package, 'run_types.py')
                    if os.path.isfile(path):
                        yield path


def _names(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []
