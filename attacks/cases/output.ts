import type { AttackCase } from '../case.ts';

const py = String.raw;

export const output: AttackCase[] = [
  {
    id: 'endless-stdout',
    number: 11,
    title: 'Printing without end is over the output limit.',
    answer: 'while True: print("x" * 1000)',
    expect: ['output-limit'],
  },
  {
    id: 'endless-stderr',
    number: 12,
    title: 'Complaining without end is over the output limit.',
    answer: 'while True: sys.stderr.write("x" * 1000)',
    expect: ['output-limit'],
  },
  {
    id: 'one-line',
    number: 13,
    title: 'A line of 100 MB without its end is over the output limit.',
    answer: 'for _ in range(100): os.write(1, b"x" * (1 << 20))',
    expect: ['output-limit'],
  },
  {
    id: 'terminal-codes',
    number: 14,
    title: 'Zero bytes, bytes that are no text and commands for a terminal do no harm.',
    answer: py`
os.write(1, bytes(range(256)) + b"\x1b]0;owned\x07\x1b[2J\x1b]52;c;cm0gLXJm\x07\xff\xfe\xed\xa0\x80\x00\n")
answer()`,
    expect: ['success'],
    check: ({ outcome }) =>
      Buffer.from(JSON.stringify(outcome)).toString('utf8').includes('\\ud800')
        ? 'half a character got through'
        : null,
  },
  {
    id: 'late-output',
    number: 15,
    title: 'A child that holds the output open prints nothing after its parent’s end.',
    answer: py`
if os.fork() == 0:
    os.setsid()
    time.sleep(0.5)
    print("BREACH late", flush=True)
    os._exit(0)
answer()`,
    expect: ['success'],
  },
  {
    id: 'from-all-children',
    number: 11,
    title: 'The output of all children together is what counts.',
    answer: py`
for _ in range(15):
    if os.fork() == 0: break
while True: os.write(1, b"x" * 4096)`,
    expect: ['output-limit'],
  },
  {
    id: 'just-below',
    number: null,
    title: 'Output that just fits is let through whole.',
    answer: py`
print("x" * 65000)
answer()`,
    expect: ['success'],
  },
  {
    id: 'drip',
    number: 21,
    title: 'Printing a byte now and then keeps no program alive.',
    answer: py`
while True:
    os.write(1, b".")
    time.sleep(0.05)`,
    hardTime: 2,
    expect: ['timeout'],
  },
  {
    id: 'closed-output',
    number: null,
    title: 'A program that closes its output is still ended.',
    answer: py`
for fd in range(3, 20):
    try: os.close(fd)
    except OSError: pass
for fd in (0, 1, 2): os.close(fd)
while True: pass`,
    time: 1,
    expect: ['timeout'],
  },
  {
    id: 'other-ways-out',
    number: null,
    title: 'There is no terminal, console or kernel log to write to.',
    answer: py`
for path in ("/dev/tty", "/dev/console", "/dev/kmsg", "/dev/tty0", "/dev/ttyS0", "/dev/log", "/proc/1/fd/1", "/proc/1/fd/2"):
    try:
        with open(path, "wb", buffering=0) as file:
            file.write(b"from a student\n")
            # The agent's own stdin and stdout are /dev/null: that is lost.
            if os.readlink("/proc/self/fd/%d" % file.fileno()) != "/dev/null": breach(path)
    except OSError: pass
answer()`,
    expect: ['success'],
  },
  {
    id: 'unread-input',
    number: null,
    title: 'A program that never reads its input is ended by its limits only.',
    answer: 'os.close(0)\ntime.sleep(60)',
    hardTime: 2,
    expect: ['timeout'],
  },
];
