import type { AttackCase } from '../case.ts';
import { SPEAK, SPOKEN } from './agent-voice.ts';
import { ROOT } from './root.ts';

const py = String.raw;

export const rootAgent: AttackCase[] = [
  {
    ...ROOT,
    id: 'root-kills-the-agent',
    number: 33,
    title: 'Root that kills its agent has failed, and is no fault of the house.',
    answer: 'import signal\nos.kill(1, signal.SIGKILL)\ntime.sleep(60)',
    expect: ['failed'],
  },
  {
    ...ROOT,
    id: 'root-reboots',
    number: 35,
    title: 'Root that reboots has failed, and is no fault of the house.',
    answer: py`
import ctypes
ctypes.CDLL(None).reboot(0x01234567)
os.kill(-1, 9)
raise SystemExit(3)`,
    expect: ['failed'],
  },
  {
    ...ROOT,
    ...SPOKEN.result,
    id: 'root-forges-a-result',
    title: 'A result that root sends in its agent’s place is worth nothing, and no fault of the house.',
    expect: ['failed'],
  },
  {
    ...ROOT,
    ...SPOKEN.exit,
    id: 'root-forges-an-exit',
    title: 'An exit that root sends in its agent’s place ends its program at most.',
    expect: ['failed'],
  },
  {
    ...ROOT,
    ...SPOKEN.exitOfOneWhoStays,
    id: 'root-stays-after-a-forged-exit',
    title: 'A forged exit leaves no process that changes files while the grader goes on.',
    expect: ['failed'],
  },
  {
    ...ROOT,
    id: 'root-speaks-nonsense',
    number: 28,
    title: 'Nonsense in the agent’s place is a failed answer, and no fault of the house.',
    answer: `${SPEAK}
speak(b"\\xff" * 1000)
time.sleep(60)`,
    expect: ['failed'],
  },
  {
    ...ROOT,
    id: 'root-floods-frames',
    number: 11,
    title: 'A flood of empty messages in the agent’s place is ended by the limits.',
    answer: `${SPEAK}
flood = frame({"type": "ready", "protocol": 1, "studentBytes": None}) * 200 + struct.pack(">IBBI", 6, 1, 1, 0) * 500
while True: speak(flood)`,
    time: 2,
    expect: ['timeout', 'failed', 'output-limit'],
  },
  {
    ...ROOT,
    id: 'root-giant-frame',
    number: 13,
    title: 'A message of 90 MiB in the agent’s place is not taken in whole.',
    answer: `${SPEAK}
speak(struct.pack(">IBBI", 90 << 20, 1, 1, 0))
while True: speak(b"x" * 65536)`,
    time: 3,
    expect: ['timeout', 'failed', 'output-limit'],
  },
  {
    ...ROOT,
    id: 'root-nested-message',
    number: 13,
    title: 'A message of a million lists within each other is refused before it is parsed.',
    answer: `${SPEAK}
body = b"[" * (1 << 20)
speak(struct.pack(">IB", len(body) + 1, 0))
for at in range(0, len(body), 4096): speak(body[at:at + 4096])
time.sleep(60)`,
    time: 3,
    expect: ['timeout', 'failed'],
  },
  {
    ...ROOT,
    id: 'root-many-messages',
    number: 13,
    title: 'Messages that are each as large as allowed, without end, are refused.',
    answer: `${SPEAK}
body = json.dumps({"type": "stdin-taken", "bytes": 1, "more": "x" * 65000}).encode()
flood = (struct.pack(">IB", len(body) + 1, 0) + body) * 4
while True: speak(flood)`,
    time: 2,
    expect: ['timeout', 'failed'],
  },
  {
    ...ROOT,
    id: 'root-strange-numbers',
    number: 13,
    title: 'Numbers, keys and lengths that no agent sends are no fault of the house.',
    answer: `${SPEAK}
for body in (b'{"type":"exit","code":1e999,"ended":"exit"}', b'{"type":"exit","code":' + b"9" * 60000 + b',"ended":"exit"}',
             b'{"__proto__":{"type":"exit"},"constructor":{"prototype":{"type":"result"}}}', b"\\xed\\xa0\\x80", b""):
    speak(struct.pack(">IB", len(body) + 1, 0) + body)
speak(struct.pack(">I", 0) + struct.pack(">IB", 1, 7))
raise SystemExit(3)`,
    time: 2,
    expect: ['timeout', 'failed'],
  },
];
