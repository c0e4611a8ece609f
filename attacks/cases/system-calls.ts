/** Ways past a filter of system calls: other numbers, other widths, other calls for the same thing. */
import type { AttackCase } from '../case.ts';
import { CALL } from './kernel.ts';

const py = String.raw;

export const systemCalls: AttackCase[] = [
  {
    id: 'families-in-wide-numbers',
    number: null,
    title: 'A family that the filter reads as another number than the kernel is refused.',
    answer: py`${CALL}
for family in (40, 16 + 1, 38, 44):
    for high in (1 << 32, 1 << 63, 0xffffffff << 32):
        for low in (family, ):
            call("socket of family %d under %x" % (family, high), 41, ctypes.c_ulong(high | low), 1, 0)
            call("pair of family %d under %x" % (family, high), 53, ctypes.c_ulong(high | low), 1, 0, room)
call("socket by the calls of x32", 41 | 0x40000000, 40, 1, 0)
answer()`,
    time: 6,
    hardTime: 15,
    expect: ['success'],
  },
  {
    id: 'kernel-modules-by-sockets',
    number: null,
    title: 'No socket makes the kernel load a module or speak a protocol that it does not need.',
    answer: py`
import socket
for family in (socket.AF_INET, socket.AF_INET6):
    for kind, protocol, name in ((2, 33, "DCCP"), (6, 33, "DCCP"), (1, 132, "SCTP"), (5, 132, "SCTP"), (2, 136, "UDP-Lite"), (1, 262, "MPTCP"), (1, 256, "SMC")):
        try: made = socket.socket(family, kind, protocol)
        except OSError: continue
        if protocol not in (136, 262): breach("%s of family %d" % (name, family))
        made.close()
for protocol in (2, 12, 16, 21):
    try: made = socket.socket(socket.AF_NETLINK, 3, protocol)
    except OSError: continue
    try:
        made.bind((0, 0xffffffff))
        breach("every group of netlink protocol %d" % protocol)
    except OSError: pass
answer()`,
    expect: ['success'],
  },
  {
    id: 'asynchronous-by-other-calls',
    number: null,
    title: 'What the machine counts once is refused by each of its calls.',
    answer: py`${CALL}
if not GVISOR:
    for name, number in (("io_submit", 209), ("io_getevents", 208), ("io_cancel", 210), ("io_destroy", 207), ("io_pgetevents", 333), ("io_uring_enter", 426), ("io_uring_register", 427)):
        call(name, number, ctypes.c_ulong(0), 0, room, room, NULL, NULL)
    for events in (-1, 2**31 - 1): call("io_setup of %d" % events, 206, events, room)
answer()`,
    expect: ['success'],
  },
  {
    id: 'marks-of-mounts',
    open: {
      runtimes: ['crun'],
      ways: ['local', 'portable'],
      what: 'crun mounts what the engine gives it again without the options that it had, and the engine’s API has no place for others: the student folder is neither nosuid nor nodev. Both would give nothing there: a program gains no privileges (no_new_privs), makes no devices, and may open none of a disk (test/containers/planted-files.test.ts). Closed where Gradeport starts the runtime itself, and by runc.',
    },
    number: null,
    title: 'On every writable place no set-uid bit and no device counts, and no mount has lost that mark.',
    answer: py`
if os.uname().release != "4.4.0":
    for line in open("/proc/self/mountinfo"):
        place, marks = line.split()[4:6]
        writable = "rw" in marks.split(",") and os.access(place, os.W_OK) and os.path.isdir(place)
        if writable and not ("nosuid" in marks and "nodev" in marks): breach(line.strip())
answer()`,
    graderRuns: `while read -r _ _ _ _ place marks _; do
  case "$place $marks" in /task*nosuid*nodev*) ;; /task*) echo planted > /task/expected.txt;; esac
done < /proc/self/mountinfo`,
    only: { runtimes: ['runc', 'crun'], because: 'gVisor shows marks of mounts in words of its own.' },
    expect: ['success'],
  },
];
