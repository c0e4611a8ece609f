"""The user that a piece of work runs as: 4242, or, where the engine cannot map users, the word "user=" on our line. Root without capabilities may do less than uid 4242 with uid 4242's files."""
import os
import sys
from contextlib import contextmanager

GROUP = 4242
GRADER = next((int(word[5:]) for word in sys.argv if word.startswith('user=')), GROUP)


def user_of(run_as_root):
    return 0 if run_as_root else GRADER


def group_of(user):
    return GROUP if user else 0


@contextmanager
def acting_as(user):
    """Access files with the user's rights: traps of a grader reach no further than the grader itself could."""
    os.setegid(group_of(user))
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
        os.setgid(GROUP)
        os.setuid(user)
