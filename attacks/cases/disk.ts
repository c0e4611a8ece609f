import type { AttackCase } from '../case.ts';

const py = String.raw;

/** Also used by the attacks as root. */
export const FILLED_FOLDER = {
  number: 7,
  answer: py`
try:
    for part in range(100):
        with open("big%d" % part, "wb", buffering=0) as big:
            for _ in range(16): big.write(b"x" * 65536)
except OSError: pass
raise SystemExit(3)`,
  expect: ['disk-full'],
} satisfies Partial<AttackCase>;

export const disk: AttackCase[] = [
  {
    ...FILLED_FOLDER,
    id: 'fill-folder',
    title: 'A program that fills its folder has a full disk.',
  },
  {
    id: 'fill-unlinked',
    number: 7,
    title: 'Files that have no name any more count too.',
    answer: py`
kept = []
try:
    for part in range(100):
        kept.append(open("big", "wb", buffering=0))
        os.unlink("big")
        for _ in range(16): kept[-1].write(b"x" * 65536)
except OSError: time.sleep(0.2)
raise SystemExit(3)`,
    expect: ['disk-full'],
  },
  {
    id: 'many-files',
    number: 8,
    title: 'A million small files end at the number of files.',
    answer: py`
try:
    for part in range(10**6): open("f%d" % part, "w").close()
except OSError: pass
raise SystemExit(3)`,
    time: 6,
    expect: ['disk-full'],
  },
  {
    id: 'deep-folders',
    number: 8,
    title: 'A thousand folders inside each other are taken away again.',
    answer: py`
for _ in range(900):
    os.mkdir("d" * 100)
    os.chdir("d" * 100)
open("bottom", "w").close()
answer()`,
    limits: { diskFiles: 1500 },
    time: 6,
    expect: ['success'],
  },
  {
    id: 'sparse',
    number: 9,
    title: 'A file of a terabyte of nothing cannot be made.',
    answer: py`
for make in (lambda fd: os.ftruncate(fd, 1 << 40), lambda fd: os.pwrite(fd, b"x", 1 << 40), lambda fd: os.posix_fallocate(fd, 0, 1 << 30)):
    fd = os.open("sparse", os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    try:
        make(fd)
        breach("a file of %d bytes" % os.fstat(fd).st_size)
    except OSError: pass
    os.close(fd)
os.unlink("sparse")
answer()`,
    // A fallocate that fails halfway fills the folder for a moment: the verdict may say so, though the answer is right.
    expect: ['success', 'disk-full'],
  },
  {
    id: 'core',
    number: 10,
    title: 'A crash leaves no core file.',
    answer: py`
import resource
try: resource.setrlimit(resource.RLIMIT_CORE, (-1, -1))
except (OSError, ValueError): pass
os.abort()`,
    again: 'sh -c "ls -A; ls /tmp"',
    expect: ['failed'],
    check: ({ said }) => (/core/.test(said.again) ? `a core file is there: ${said.again}` : null),
  },
  {
    id: 'tmp-files',
    number: 8,
    title: 'The number of files in /tmp is bounded.',
    answer: py`
count = 0
try:
    for count in range(30_000): open("/tmp/f%d" % count, "w").close()
except OSError: pass
if count > 4200 and os.uname().release != "4.4.0": breach("%d files in /tmp" % count)
answer()`,
    time: 8,
    hardTime: 15,
    // gVisor keeps no count of files in /tmp; its memory is the bound, and the container is thrown away.
    expect: ['success'],
    expectOn: { runsc: ['success', 'out-of-memory', 'timeout'] },
  },
  {
    id: 'shm-files',
    number: 8,
    title: 'Files without content in /dev/shm count as memory.',
    answer: py`
count = 0
try:
    for count in range(150_000): os.mknod("/dev/shm/f%d" % count)
except OSError: pass
answer()`,
    time: 4,
    hardTime: 15,
    expect: ['success', 'out-of-memory', 'timeout'],
  },
  {
    id: 'no-rights',
    number: null,
    title: 'Folders that their owner may not enter are taken away again.',
    answer: py`
os.makedirs("a/b/c")
open("a/b/c/file", "w").close()
for place in ("a/b/c", "a/b", "a"): os.chmod(place, 0)
answer()`,
    expect: ['success'],
  },
  {
    id: 'take-the-folder-away',
    number: null,
    title: 'The student folder itself can be neither renamed, removed, replaced nor mounted over.',
    answer: py`
import ctypes
def attempt(what, do):
    try:
        do()
        breach(what)
    except OSError: pass
attempt("rename", lambda: os.rename("/task/student", "/task/gone"))
attempt("rmdir", lambda: os.rmdir("/task/student"))
attempt("symlink", lambda: os.symlink("/", "/task/student2"))
attempt("write beside it", lambda: open("/task/run", "w").close())
if ctypes.CDLL(None).mount(b"none", b"/task/student", b"tmpfs", 0, b"") == 0: breach("mount")
if ctypes.CDLL(None).mount(b"none", b"/task/student", None, 32, b"size=1g") == 0: breach("remount")
answer()`,
    expect: ['success'],
  },
];
