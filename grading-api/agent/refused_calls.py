"""System calls that every program in a student container is refused, whatever filter the engine gave its container.

io_uring has often been used to break out of containers; engines before Docker 25 allow it. The machine counts io_setup
once for all containers. Of the families of sockets, only four have a namespace (server/adapters/system-calls). One
filter on the agent, which its programs inherit, adds nothing to their start time.
"""
import errno
import struct

PR_SET_SECCOMP, MODE_FILTER = 22, 2
X32_BIT = 0x40000000  # the same calls by their other numbers
FAMILIES = (1, 2, 10, 16)  # UNIX, INET, INET6, NETLINK: socket.h
IO_URING = (425, 426, 427)  # setup, enter, register: numbers from 424 on are the same on all processors

# AUDIT_ARCH_* of audit.h: socket, calls that are refused altogether (io_setup, io_submit; socketcall of 32 bits)
ARCHITECTURES = {
    0xC000003E: (41, (206, 209)),  # x86-64
    0x40000003: (359, (245, 248, 102)),  # i386
    0xC00000B7: (198, (0, 2)),  # arm64
    0x40000028: (281, (243, 246, 102)),  # arm
}

# Linux' Documentation/userspace-api/seccomp_filter.rst: codes, and places in struct seccomp_data
LOAD, AND, IF_EQUAL, RETURN = 0x20, 0x54, 0x15, 0x06
CALL, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
ALLOW, REFUSE = 0x7FFF0000, 0x00050000


def lines_for(socket, refused):
    """The part of the filter for one processor. Each way through it ends with an answer."""
    calls = IO_URING + refused
    lines = [(LOAD, 0, 0, CALL), (AND, 0, 0, 0xFFFFFFFF ^ X32_BIT)]
    lines += [line for call in calls for line in ((IF_EQUAL, 0, 1, call), (RETURN, 0, 0, REFUSE | errno.ENOSYS))]
    lines += [(IF_EQUAL, 1, 0, socket), (RETURN, 0, 0, ALLOW), (LOAD, 0, 0, FIRST_ARGUMENT)]
    lines += [line for family in FAMILIES for line in ((IF_EQUAL, 0, 1, family), (RETURN, 0, 0, ALLOW))]
    return lines + [(RETURN, 0, 0, REFUSE | errno.EAFNOSUPPORT)]


def make_filter():
    lines = [(LOAD, 0, 0, ARCHITECTURE)]
    for number, (socket, refused) in ARCHITECTURES.items():
        part = lines_for(socket, refused)
        lines += [(IF_EQUAL, 0, len(part), number)] + part
    return lines + [(RETURN, 0, 0, ALLOW)]  # another processor: its numbers are not known


def refuse():
    """Refuse them from now on, here and in every child. A second filter harms nothing."""
    try:
        import ctypes
    except ImportError:
        return False  # a Python without it: only the engine's own filter protects
    libc = ctypes.CDLL(None, use_errno=True)
    lines = make_filter()
    code = b''.join(struct.pack('HBBI', *line) for line in lines)
    program = ctypes.create_string_buffer(code, len(code))
    head = ctypes.create_string_buffer(struct.pack('HxxxxxxP', len(lines), ctypes.addressof(program)))
    return libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(MODE_FILTER), head, 0, 0) == 0
