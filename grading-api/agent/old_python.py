"""Names that newer Pythons removed and graders of 2018 use, as INGInious' Python 3.6 to 3.8 understood them."""
import builtins
import io
import sys


def understand():
    if sys.version_info >= (3, 11):
        builtins.open = io.open = _open


_new_open = io.open


def _open(file, mode='r', *args, **kwargs):
    """A U in the mode had no effect since Python 3.0, and is refused since 3.11 (library documentation of open)."""
    if isinstance(mode, str) and 'U' in mode:
        mode = mode.replace('U', '')
        mode = mode if mode.strip('bt') else 'r' + mode
    return _new_open(file, mode, *args, **kwargs)
