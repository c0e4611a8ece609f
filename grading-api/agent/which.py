"""shutil.which() without shutil, which imports three compression libraries: every container would pay for them."""
import os


def which(name, folders):
    """The path of the first program of this name; None if no folder has one."""
    for folder in folders:
        path = os.path.join(folder, name)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None
