"""The user that a piece of work runs as. Root without capabilities may do less than uid 4242 with uid 4242's files."""
import os
from contextlib import contextmanager

GRADER = 4242


def user_of(run_as_root):
    return 0 if run_as_root else GRADER


@contextmanager
def acting_as(user):
    """Access files with the user's rights: traps of a grader reach no further than the grader itself could."""
    os.setegid(user)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def become(user):
    """Become the user for good, without supplementary groups (in a child, before its program runs)."""
    if user != 0:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
