import type { AttackCase } from '../case.ts';

const py = String.raw;

/** Frames as the agent of a container sends them to the worker. */
export const FRAMES = py`
import json, struct
def frame(message):
    data = json.dumps(message).encode()
    return struct.pack(">IB", len(data) + 1, 0) + data
RESULT = {"type": "result", "feedback": {"result": "success", "grade": 100.0}, "problem": None, "ended": "exit", "exitCode": 0, "graderMs": 1, "outputBytes": 0, "archive": None}
`;

export const forging: AttackCase[] = [
  {
    id: 'result-on-stdout',
    number: 28,
    title: 'A result printed in the protocol’s own frames is text.',
    answer: py`${FRAMES}
for fd in (1, 2):
    os.write(fd, frame(RESULT))
    os.write(fd, frame({"type": "exit", "code": 0, "ended": "exit"}))`,
    expect: ['failed'],
  },
  {
    id: 'result-in-files',
    number: 27,
    title: 'Results written to every place that a grader reads get no points.',
    answer: py`
report = '{"result": "success", "grade": 100.0, "text": "", "problems": {}, "tests": {}, "custom": {}, "state": ""}'
for path in ("/.__output/__feedback.json", "/.__input/__input.json", "/task/results.json", "/autograder/results/results.json", "/grade/results/results.json", "/task/expected.txt"):
    try:
        with open(path, "w") as file: file.write(report)
        breach("wrote " + path)
    except OSError: pass
for name in ("results.json", "__feedback.json", "expected.txt"):
    with open(name, "w") as file: file.write(report)`,
    expect: ['failed'],
  },
  {
    id: 'agent-socket',
    number: 31,
    title: 'The socket of the grader’s agent is not there.',
    answer: py`
import socket
for path in ("/run/gradeport/agent.sock", "/sockets/agent.sock", "\0agent", "/task/agent.sock"):
    try:
        link = socket.socket(socket.AF_UNIX); link.connect(path)
        breach(repr(path))
    except OSError: pass
os.system("run_student true 2>/dev/null && echo BREACH run_student; feedback-result success 2>/dev/null && echo BREACH feedback")
answer()`,
    expect: ['success'],
  },
  {
    id: 'direct-line',
    number: null,
    title: 'The worker’s own socket to this container lets only the agent in.',
    answer: py`${FRAMES}
import socket
for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET, socket.SOCK_DGRAM):
    try:
        link = socket.socket(socket.AF_UNIX, kind); link.connect("/opt/gradeport-line")
        breach("connected")
        link.sendall(frame(RESULT) + frame({"type": "exit", "code": 0, "ended": "exit"}))
    except OSError: pass
for change in (lambda: os.unlink("/opt/gradeport-line"), lambda: os.chmod("/opt/gradeport-line", 0o777), lambda: os.rename("/opt/gradeport-line", "/tmp/line")):
    try:
        change(); breach("changed it")
    except OSError: pass
answer()`,
    expect: ['success'],
  },
  {
    id: 'exit-early',
    number: 28,
    title: 'Ending well before the tests is no pass.',
    answer: 'os._exit(0)',
    expect: ['failed'],
  },
  ...[251, 252, 253, 254].map(
    (code): AttackCase => ({
      id: `exit-${code}`,
      number: 28,
      title: `Exit status ${code}, which run_student itself uses, makes no verdict.`,
      answer: `os._exit(${code})`,
      expect: ['failed'],
    }),
  ),
  {
    id: 'kill-itself',
    number: 28,
    title: 'Killing itself as the system would for memory or time is a failed answer.',
    answer: 'import signal\nos.kill(os.getpid(), signal.SIGKILL)',
    expect: ['failed'],
  },
  {
    id: 'daemon-forges-later',
    number: 29,
    title: 'A daemon that would change the results after the tests is dead by then.',
    answer: py`
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        while True:
            with open("late", "a") as file: file.write("BREACH late\n")
            time.sleep(0.01)
time.sleep(0.1)
answer()`,
    again:
      'bash -c "a=$(wc -c < late); sleep 0.4; b=$(wc -c < late); [ $a = $b ] || echo BREACH somebody still writes"',
    expect: ['success'],
  },
  {
    id: 'environment-tricks',
    number: 30,
    title: 'What a student sets up for later programs does not outlive its container.',
    answer: py`
for path in ("/task/.bashrc", "/task/.profile", "/etc/ld.so.preload", "/etc/profile.d/evil.sh", "/usr/lib/python3/dist-packages/sitecustomize.py", "/etc/environment", "/root/.bashrc", "/tmp/.pythonstartup"):
    try:
        with open(path, "w") as file: file.write("echo BREACH planted")
        if not path.startswith("/tmp/"): breach("wrote " + path)
    except OSError: pass
os.environ["LD_PRELOAD"] = "/task/student/evil.so"
answer()`,
    again: 'bash -lc "ls /tmp; env | grep -c LD_PRELOAD && echo BREACH environment; true"',
    expect: ['success'],
    check: ({ said }) => (said.again.includes('pythonstartup') ? 'the next student run saw its /tmp' : null),
  },
  {
    id: 'swap-the-program',
    number: 30,
    title: 'A program that replaces its own file is graded by what it printed.',
    answer: py`
with open("answer.py", "w") as file: file.write("print('BREACH replaced')")
os.remove("answer.py")`,
    expect: ['failed'],
  },
  {
    id: 'zero-byte-answer',
    number: 44,
    title: 'An answer with zero bytes, shell words and frames inside is only a file.',
    answer: 'print(1)\0\n"; rm -rf / #$(touch /task/owned)`reboot`\n\x00\x00\x00\x05\x00{"type"',
    expect: ['failed'],
  },
];
