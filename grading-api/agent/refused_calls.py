"""System calls that every program in a student container is refused, whatever the engine's own filter allows.

io_uring has often been used to break out of containers; engines before Docker 25 allow it. One filter on the agent,
which its programs inherit, adds nothing to their start time. Numbers from 424 on are the same on all processors.
"""
import errno
import struct

FIRST, LAST = 425, 427  # io_uring_setup, io_uring_enter, io_uring_register
PR_SET_SECCOMP, MODE_FILTER = 22, 2
X32_BIT = 0x40000000  # the same calls by their other numbers
# Linux' Documentation/userspace-api/seccomp_filter.rst; code, jump if true, jump if false, value
FILTER = (
    (0x20, 0, 0, 0),  # load the number of the call
    (0x54, 0, 0, 0xFFFFFFFF ^ X32_BIT),
    (0x35, 0, 2, FIRST),  # at least FIRST, else skip 2
    (0x25, 1, 0, LAST),  # more than LAST: skip 1
    (0x06, 0, 0, 0x00050000 | errno.ENOSYS),
    (0x06, 0, 0, 0x7FFF0000),  # allow
)


def refuse():
    """Refuse them from now on, here and in every child. Does nothing if the kernel does not have them."""
    try:
        import ctypes
    except ImportError:
        return False  # a Python without it: only the engine's own filter protects
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall(ctypes.c_long(FIRST), ctypes.c_long(0), None)
    if ctypes.get_errno() in (errno.ENOSYS, errno.EPERM):
        return True
    code = b''.join(struct.pack('HBBI', *line) for line in FILTER)
    program = ctypes.create_string_buffer(code, len(code))
    head = ctypes.create_string_buffer(struct.pack('HxxxxxxP', len(FILTER), ctypes.addressof(program)))
    return libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(MODE_FILTER), head, 0, 0) == 0
