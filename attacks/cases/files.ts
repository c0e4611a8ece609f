import type { AttackCase } from '../case.ts';

const py = String.raw;

export const files: AttackCase[] = [
  {
    id: 'links-outwards',
    number: 23,
    title: 'Links to the machine’s and the grader’s files lead to nothing.',
    answer: py`
for name, to in (("passwd", "/etc/shadow"), ("run", "/task/run"), ("up", "../run"), ("root", "/proc/1/root/etc/shadow"), ("in", "/.__input")):
    os.symlink(to, name)
    try: breach(name + ": " + open(name).read(100))
    except OSError: pass
os.unlink("answer.py")
os.symlink("/task/run", "answer.py")
answer()`,
    expect: ['success'],
  },
  {
    id: 'swapping-links',
    number: 24,
    title: 'A name that is a file now and a link then is never followed from outside.',
    answer: py`
os.mkdir("d")
end = time.time() + 1
while time.time() < end:
    os.symlink("/etc/passwd", "new")
    os.rename("new", "out.txt")
    with open("new", "w") as file: file.write("x")
    os.rename("new", "out.txt")
    os.rename("d", "e")
    os.symlink("/", "d")
    os.unlink("d")
    os.rename("e", "d")
answer()`,
    expect: ['success'],
  },
  {
    id: 'hard-links',
    number: 25,
    title: 'A hard link to a program that runs as root cannot be made.',
    answer: py`
for path in ("/usr/bin/passwd", "/usr/bin/su", "/etc/passwd", "/opt/gradeport/agent/main.py", "/etc/hosts"):
    try:
        os.link(path, "linked")
        breach(path)
    except OSError: pass
answer()`,
    expect: ['success'],
  },
  {
    id: 'special-files',
    number: 26,
    title: 'Pipes, sockets and devices left behind do no harm.',
    answer: py`
import socket, stat
os.mkfifo("fifo")
os.mkfifo("out.txt")
left = socket.socket(socket.AF_UNIX); left.bind("socket"); left.listen()
for name, major, minor in (("disk", 8, 0), ("mem", 1, 1), ("kmsg", 1, 11)):
    for kind in (stat.S_IFBLK, stat.S_IFCHR):
        try:
            os.mknod(name, kind | 0o666, os.makedev(major, minor))
            os.close(os.open(name, os.O_RDONLY | os.O_NONBLOCK))
            breach("device " + name)
        except OSError: pass
answer()`,
    expect: ['success'],
  },
  {
    id: 'names',
    number: 44,
    title: 'Hostile file names do no harm.',
    answer: py`
for name in (b"-rf", b"--no-preserve-root", b"a\nb", b"\x1b[31m", b"<img src=x onerror=alert(1)>", b"CON", b"\xff\xfe", b"x" * 255,
             "‮gpj.exe".encode(), b"$(touch owned)", b"; reboot", b"*", b" ", b".git", b"'\""):
    os.mkdir(b"/task/student/" + name)
    with open(b"/task/student/" + name + b"/" + name, "w") as file: file.write("x")
answer()`,
    expect: ['success'],
  },
  {
    id: 'set-uid',
    number: 36,
    title: 'A program that its owner marks to run as somebody else runs as its caller.',
    language: 'shell',
    answer: `read n
cp /usr/bin/id own-id; chmod 6777 own-id; cp /usr/bin/id /tmp/own-id; chmod 6777 /tmp/own-id; cp /usr/bin/id /dev/shm/own-id; chmod 6777 /dev/shm/own-id
for program in ./own-id /tmp/own-id /dev/shm/own-id; do case "$($program 2>/dev/null)" in *root*) echo "BREACH $program";; esac; done
echo $((n * n + 1))`,
    expect: ['success'],
  },
  {
    id: 'file-capabilities',
    number: 36,
    title: 'Files cannot be given capabilities, and cannot be made unchangeable.',
    answer: py`
import fcntl, struct
with open("program", "w") as file: file.write("#!/bin/sh\n")
try:
    os.setxattr("program", "security.capability", struct.pack("<IIIII", 0x02000001, 0xffffffff, 0, 0xffffffff, 0))
    breach("capabilities on a file")
except OSError: pass
try:
    with open("program") as file: fcntl.ioctl(file, 0x40086602, struct.pack("l", 0x10))
    breach("an unchangeable file")
except OSError: pass
answer()`,
    expect: ['success'],
  },
  {
    id: 'locks',
    number: 39,
    title: 'Locks on its own files hold up neither the grader nor the clean-up.',
    answer: py`
import fcntl
for name in ("out.txt", "answer.py"):
    fd = os.open(name, os.O_RDWR | os.O_CREAT)
    fcntl.flock(fd, fcntl.LOCK_EX)
    fcntl.lockf(fd, fcntl.LOCK_EX)
    try: fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    except OSError: pass
if os.fork() == 0:
    os.setsid()
    time.sleep(60)
answer()`,
    again: 'sh -c "cat answer.py > /dev/null && echo read"',
    expect: ['success'],
    check: ({ said }) =>
      said.again.includes('read') ? null : 'the next student run could not read the file',
  },
  {
    id: 'overwrite-tests',
    number: 30,
    title: 'Tests and tools planted in the student folder change nothing for the grader.',
    answer: py`
evil = "import os; os._exit(0)\nprint('BREACH planted')\n"
for name in ("conftest.py", "sitecustomize.py", "usercustomize.py", "json.py", "os.py", "inginious_container_api.py", "evil.pth", "setup.py"):
    with open(name, "w") as file: file.write(evil)
for name in ("Makefile", "package.json", "python3", "run", "run_student", "sh", "ls"):
    with open(name, "w") as file: file.write("#!/bin/sh\necho BREACH planted\n")
    os.chmod(name, 0o777)
os.makedirs(".git/hooks", exist_ok=True)
with open(".git/hooks/post-checkout", "w") as file: file.write("#!/bin/sh\necho BREACH hook\n")
answer()`,
    again: 'ls /',
    expect: ['success'],
  },
  {
    id: 'strange-times',
    number: null,
    title: 'Files from the far past and future do no harm.',
    answer: py`
for name, when in (("past", -2**31), ("future", 2**31), ("far", 2**33)):
    open(name, "w").close()
    try: os.utime(name, (when, when))
    except OSError: pass
answer()`,
    expect: ['success'],
  },
];
