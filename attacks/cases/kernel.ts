import type { AttackCase } from '../case.ts';

const py = String.raw;

export const CALL = py`
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
GVISOR = os.uname().release == "4.4.0"
def call(what, number, *values):
    """One system call, in a child, because some would not return."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writing, b"1" if libc.syscall(number, *values) >= 0 else b"0")
        os._exit(0)
    os.close(writing)
    if os.read(reading, 1) == b"1": breach(what)
    os.close(reading)
    os.waitpid(pid, 0)
NULL = ctypes.c_void_p(0)
room = ctypes.create_string_buffer(4096)
`;

export const kernel: AttackCase[] = [
  {
    id: 'change-the-machine',
    number: 35,
    title: 'The machine can be neither rebooted, renamed, timed, swapped nor given kernel modules.',
    answer: py`${CALL}
call("reboot", 169, 0xfee1dead, 672274793, 0x01234567, NULL)
call("sethostname", 170, b"owned", 5)
call("setdomainname", 171, b"owned", 5)
call("settimeofday", 164, room, NULL)
call("clock_settime", 227, 0, room)
call("adjtimex", 159, ctypes.create_string_buffer(b"\x01" + bytes(511)))
call("swapoff", 168, b"/swapfile")
call("swapon", 167, b"/task/student/answer.py", 0)
call("init_module", 175, room, 100, b"")
call("finit_module", 313, 0, b"", 0)
call("delete_module", 176, b"loop", 0)
call("kexec_load", 246, 0, 0, NULL, 0)
call("acct", 163, b"/task/student/acct")
call("iopl", 172, 3)
call("ioperm", 173, 0x70, 2, 1)
call("quotactl", 179, 0x80000200, b"/dev/sda", 0, room)
call("nfsservctl", 180, 0, NULL, NULL)
call("vhangup", 153)
answer()`,
    expect: ['success'],
  },
  {
    id: 'mounts-and-roots',
    number: 35,
    title: 'Nothing can be mounted, unmounted or made another root.',
    answer: py`${CALL}
call("mount tmpfs", 165, b"none", b"/tmp", b"tmpfs", 0, NULL)
call("mount proc", 165, b"none", b"/task/student", b"proc", 0, NULL)
call("bind /", 165, b"/", b"/task/student", NULL, 4096, NULL)
call("remount / rw", 165, b"none", b"/", NULL, 32, NULL)
call("umount /proc/kcore", 166, b"/proc/kcore", 2)
call("umount /opt/gradeport", 166, b"/opt/gradeport", 2)
call("umount /sys", 166, b"/sys/fs/cgroup", 2)
call("pivot_root", 155, b"/tmp", b"/tmp")
call("chroot", 161, b"/tmp")
call("open_tree", 428, -100, b"/", 1)
call("fsopen", 430, b"tmpfs", 0)
call("move_mount", 429, -100, b"/tmp", -100, b"/task/student", 0)
call("name_to_handle+open_by_handle_at", 304, 0, room, 0)
answer()`,
    expect: ['success'],
  },
  {
    id: 'namespaces',
    number: 35,
    title: 'No new namespace can be made or entered on the machine’s kernel.',
    answer: py`${CALL}
if not GVISOR:
    for flag, name in ((0x10000000, "user"), (0x20000, "mount"), (0x20000000, "pid"), (0x40000000, "network"), (0x8000000, "ipc"), (0x4000000, "uts"), (0x2000000, "cgroup")):
        call("unshare " + name, 272, flag)
    call("clone user", 56, 0x10000011, NULL, NULL, NULL, NULL)
for name in ("mnt", "pid", "net", "ipc", "uts", "user", "cgroup"):
    try: fd = os.open("/proc/1/ns/" + name, os.O_RDONLY)
    except OSError: continue
    call("setns " + name, 308, fd, 0)
answer()`,
    expect: ['success'],
  },
  {
    id: 'root-in-a-user-namespace',
    number: 35,
    title: 'Root in a user namespace of gVisor is root over nothing of the machine.',
    answer: py`${CALL}
libc.unshare(0x10000000 | 0x20000)
try:
    with open("/proc/self/setgroups", "w") as file: file.write("deny")
    with open("/proc/self/uid_map", "w") as file: file.write("0 4242 1")
except OSError: pass
for path in ("/etc/passwd", "/opt/gradeport/agent/main.py", "/etc/hosts", "/usr/bin/env"):
    try:
        open(path, "r+").close()
        breach("may write " + path)
    except OSError: pass
libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)
for name in ("/task/run", "/.__input"):
    if os.path.exists(name): breach(name)
answer()`,
    only: {
      runtimes: ['runsc'],
      because: 'On a shared kernel there are no user namespaces (see namespaces).',
    },
    expect: ['success'],
  },
  {
    id: 'rare-calls',
    number: 37,
    title: 'bpf, io_uring, keyrings, perf, userfaultfd, ptrace of others and handles of files are refused.',
    answer: py`${CALL}
call("bpf", 321, 0, room, 72)
call("io_uring_setup", 425, 8, room)
call("keyctl", 250, 0, -4, 1)
call("add_key", 248, b"user", b"mark", b"data", 4, -4)
call("request_key", 249, b"user", b"mark", NULL, -4)
call("perf_event_open", 298, room, 0, -1, -1, 0)
call("userfaultfd", 323, 0)
call("open_by_handle_at", 304, -100, room, 0)
call("kcmp", 312, 1, os.getpid(), 0, 0, 0)
call("process_vm_writev", 311, 1, room, 1, room, 1, 0)
call("lookup_dcookie", 212, 0, room, 100)
call("move_pages", 279, 1, 1, room, NULL, room, 0)
call("migrate_pages", 256, 1, 8, room, room)
call("fanotify_init", 300, 0, 0)
call("uselib", 134, b"/lib/x")
answer()`,
    expect: ['success'],
  },
  {
    id: 'write-proc-and-sys',
    number: 38,
    title: 'Settings of the kernel and its control groups cannot be written.',
    answer: py`
import glob
for path in ["/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/kernel/hostname", "/proc/sys/vm/overcommit_memory", "/proc/sys/net/ipv4/ip_forward",
             "/proc/sys/fs/binfmt_misc/register", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper", "/sys/fs/cgroup/release_agent", "/sys/kernel/mm/transparent_hugepage/enabled",
             "/proc/1/oom_score_adj", "/proc/1/limits", "/proc/1/comm", "/proc/acpi/alarm", "/proc/irq/default_smp_affinity"] + glob.glob("/sys/fs/cgroup/*/release_agent") + glob.glob("/sys/fs/cgroup/*/*.max") + glob.glob("/sys/class/*/*/uevent"):
    try:
        with open(path, "r+") as file: file.write("|/task/student/evil")
        breach(path)
    except OSError: pass
answer()`,
    expect: ['success'],
  },
  {
    id: 'families-of-sockets',
    number: null,
    title: 'No socket is of a family that reaches past the namespaces of its container.',
    answer: py`
import socket
NAMESPACED = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)
for family in range(48):
    for kind in (1, 2, 3, 4, 5):
        try: made = socket.socket(family, kind)
        except OSError: continue
        made.close()
        if family not in NAMESPACED: breach("socket of family %d, kind %d" % (family, kind))
answer()`,
    expect: ['success'],
  },
  {
    id: 'pairs-of-sockets',
    number: null,
    title: 'No pair of sockets is of another family either.',
    answer: py`
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
pair = (ctypes.c_int * 2)()
for family in range(2, 48):
    for kind in (1, 2, 4, 5):
        if libc.socketpair(family, kind, 0, pair) == 0: breach("pair of family %d, kind %d" % (family, kind))
answer()`,
    expect: ['success'],
  },
  {
    id: 'sockets-of-32-bits',
    number: null,
    title:
      'The calls of 32-bit programs make no other sockets, and take nothing that the machine counts once.',
    environment: 'c',
    language: 'c',
    answer: `#include <stdio.h>
#include <stdint.h>
#include <sys/mman.h>
static int call(int number, long one, long two, long three) {
  int result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(one), "c"(two), "d"(three) : "memory", "r8", "r9", "r10", "r11");
  return result;
}
int main(void) {
  int n = 0;
  scanf("%d", &n);
  uint32_t *low = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  for (uint32_t family = 17; family < 46; family++) {
    low[0] = family; low[1] = 1; low[2] = 0;
    if (call(102, 1, (long)low, 0) >= 0) printf("BREACH socketcall %u\\n", family);
    if (call(359, family, 1, 0) >= 0) printf("BREACH socket %u\\n", family);
  }
  low[0] = 0;
  if (call(245, 64, (long)low, 0) >= 0) printf("BREACH io_setup\\n");
  printf("%ld\\n", (long)n * n + 1);
}`,
    only: {
      runtimes: ['runc', 'crun'],
      because: 'gVisor has no 32-bit calls, and its own counts.',
    },
    // A kernel without 32-bit calls ends the program at the first of them.
    expect: ['success', 'failed'],
  },
  {
    id: 'counts-of-the-machine',
    number: null,
    title: 'Asynchronous input and output, which the machine counts once for all, is refused.',
    answer: py`${CALL}
for events in (1, 65000):
    context = ctypes.c_ulong(0)
    if not GVISOR and libc.syscall(206, events, ctypes.byref(context)) >= 0: breach("io_setup of %d" % events)
if not GVISOR: call("io_setup, x32", 206 | 0x40000000, 8, ctypes.byref(ctypes.c_ulong(0)))
answer()`,
    expect: ['success'],
  },
];
