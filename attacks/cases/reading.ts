import type { AttackCase } from '../case.ts';

const py = String.raw;

export const reading: AttackCase[] = [
  {
    id: 'read-the-grader',
    number: 31,
    title: 'The grader’s script, plan and expected answer cannot be read by any path.',
    answer: py`
names = ("task/run", "task/plan.json", "task/expected.txt", "task/task.yaml", ".__input/__input.json", ".__output/__feedback.json", "run/gradeport", "archive", "course/common", "autograder", "grade")
roots = ["/", "/proc/self/root/", "/proc/1/root/", "/proc/1/cwd/", "/proc/self/cwd/../../"] + ["/proc/%s/root/" % pid for pid in os.listdir("/proc") if pid.isdigit()]
for root in roots:
    for name in names:
        try:
            found = os.listdir(root + name) if os.path.isdir(root + name) else open(root + name).read(200)
            breach("%s%s: %s" % (root, name, found))
        except OSError: pass
answer()`,
    expect: ['success'],
  },
  {
    id: 'search-for-the-secret',
    number: 31,
    title: 'The expected answer is in no file, memory or environment that the student can read.',
    answer: py`
secret = b"TOPSECRET-of" + b"-the-grader"
for top in ("/task", "/tmp", "/run", "/dev/shm", "/opt", "/course", "/var/tmp", "/srv", "/mnt", "/home", "/root"):
    for base, folders, names in os.walk(top):
        for name in names:
            try: data = open(os.path.join(base, name), "rb").read(1 << 20)
            except OSError: continue
            if secret in data and name != "answer.py": breach(os.path.join(base, name))
for pid in [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]:
    for name in ("environ", "cmdline", "mem", "maps", "auxv", "stack"):
        try: data = open("/proc/%s/%s" % (pid, name), "rb").read(1 << 16)
        except OSError: continue
        if secret in data: breach("/proc/%s/%s" % (pid, name))
answer()`,
    time: 6,
    hardTime: 12,
    expect: ['success'],
  },
  {
    id: 'environment-secrets',
    number: 31,
    title: 'No environment variable, of its own or of the agent, tells a secret.',
    answer: py`
import re
for path in ("/proc/self/environ", "/proc/1/environ", "/proc/%d/environ" % os.getppid()):
    try: text = open(path).read()
    except OSError: continue
    # Where the grading API's packages are is no secret: every image of INGInious has them.
    text = text.replace("/opt/gradeport/python", "")
    if re.search("gradeport|secret|token|passw|docker|redis|mongo|sqlite", text, re.I): breach(path + " " + text)
answer()`,
    expect: ['success'],
  },
  {
    id: 'open-descriptors',
    number: 31,
    title: 'No open file, folder or socket is inherited (runc’s CVE-2024-21626).',
    answer: py`
own = os.listdir("/proc/self/fd")
for fd in own:
    try: to = os.readlink("/proc/self/fd/" + fd)
    except OSError: continue
    if int(fd) > 2 and not to.endswith("/fd"): breach("descriptor %s is %s" % (fd, to))
for fd in range(3, 64):
    try: breach("%d leads to %s" % (fd, os.listdir("/proc/self/fd/%d/../../../../etc" % fd)[:3]))
    except OSError: pass
# gVisor tells where the agent's descriptors lead. Only what the program has, or may open by its name as well, can be opened:
# where the agent reads its container's control groups, these are among them.
def is_open_to_all(path, mode):
    try: os.close(os.open(path, mode | os.O_NONBLOCK))
    except OSError: return False
    return True
for fd in range(64):
    for mode in (os.O_WRONLY, os.O_RDONLY):
        path = "/proc/1/fd/%d" % fd
        try:
            to = os.readlink(path)
            os.close(os.open(path, mode | os.O_NONBLOCK))
        except OSError: continue
        if to not in [os.readlink("/proc/self/fd/%d" % mine) for mine in range(3)] and not is_open_to_all(to, mode): breach("opened the agent's %d, which is %s" % (fd, to))
answer()`,
    expect: ['success'],
  },
  {
    id: 'trace-the-agent',
    number: 32,
    title: 'The agent can be neither traced nor read nor written.',
    answer: py`
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
for request, name in ((16, "PTRACE_ATTACH"), (0x4206, "PTRACE_SEIZE")):
    if libc.ptrace(request, 1, 0, 0) == 0: breach(name)
class Part(ctypes.Structure): _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
room = ctypes.create_string_buffer(16)
part = Part(ctypes.cast(room, ctypes.c_void_p), 16)
if libc.process_vm_readv(1, ctypes.byref(part), 1, ctypes.byref(part), 1, 0) > 0: breach("process_vm_readv")
for name, mode in (("mem", "rb"), ("mem", "r+b"), ("exe", "r+b")):
    try:
        open("/proc/1/" + name, mode).close()
        if name != "mem" or os.uname().release != "4.4.0": breach("opened /proc/1/" + name)
    except OSError: pass
pidfd = libc.syscall(434, 1, 0)
if pidfd >= 0:
    for fd in range(16):
        if libc.syscall(438, pidfd, fd, 0) >= 0: breach("pidfd_getfd %d" % fd)
answer()`,
    expect: ['success'],
  },
  {
    id: 'kernel-memory',
    number: 31,
    title: 'The machine’s memory, disks and kernel log cannot be read.',
    answer: py`
import ctypes, glob
for path in ["/proc/kcore", "/dev/mem", "/dev/kmem", "/dev/port", "/proc/kmsg", "/dev/kmsg", "/proc/keys", "/proc/timer_list", "/sys/kernel/debug", "/sys/firmware/acpi"] + glob.glob("/dev/sd*") + glob.glob("/dev/vd*") + glob.glob("/dev/nvme*") + glob.glob("/dev/loop*") + glob.glob("/dev/dm-*"):
    try: data = str(os.listdir(path)) if os.path.isdir(path) else open(path, "rb").read(16)
    except OSError: continue
    if data and data != "[]": breach("%s: %r" % (path, data))
room = ctypes.create_string_buffer(4096)
# gVisor has a kernel log of its own, made up for the container.
if ctypes.CDLL(None).klogctl(3, room, 4096) > 0 and b"gVisor" not in room.raw: breach("kernel log")
for line in open("/proc/kallsyms") if os.path.exists("/proc/kallsyms") else ():
    if int(line.split()[0], 16): breach("kernel addresses"); break
answer()`,
    expect: ['success'],
  },
  {
    id: 'sockets-of-the-machine',
    number: 34,
    title: 'No socket of the container engine or of the machine is there.',
    answer: py`
import socket, stat
for path in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/systemd/private", "/run/dbus/system_bus_socket", "/run/podman/podman.sock"):
    if os.path.exists(path): breach(path)
for top in ("/run", "/var", "/tmp", "/dev", "/srv", "/mnt", "/task"):
    for base, folders, names in os.walk(top):
        for name in names:
            path = os.path.join(base, name)
            try:
                if stat.S_ISSOCK(os.lstat(path).st_mode): breach(path)
            except OSError: pass
answer()`,
    expect: ['success'],
  },
  {
    id: 'other-runs',
    number: 31,
    title: 'Processes, folders and names of other runs cannot be seen.',
    answer: py`
strangers = []
for pid in os.listdir("/proc"):
    if pid.isdigit() and int(pid) not in (1, os.getpid(), os.getppid()):
        try: strangers.append(open("/proc/%s/cmdline" % pid).read())
        except OSError: pass
if strangers: breach(strangers)
for line in open("/proc/self/cgroup"):
    path = "/sys/fs/cgroup" + line.strip().split(":")[2]
    if path != "/sys/fs/cgroup/" and os.path.isdir(path): breach(path)
# What is there is this container's own: nothing is below it, and nothing can be written.
for folder, below, files in os.walk("/sys/fs/cgroup"):
    if "cgroup.procs" in files and below: breach((folder, below))
    for name in files:
        try: open(os.path.join(folder, name), "a").close()
        except OSError: continue
        breach(os.path.join(folder, name))
answer()`,
    expect: ['success'],
  },
];
