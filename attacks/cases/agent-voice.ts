import type { AttackCase } from '../case.ts';
import { FRAMES } from './forging.ts';

const py = String.raw;

/**
 * Sends messages to the worker in the agent's place, if it can open the agent's descriptors: root owns its container's
 * agent; under gVisor any user can open the pipes that the agent has for itself, but not its line to the worker.
 */
export const SPEAK = py`${FRAMES}
import stat
def speak(data):
    for name in map(str, range(64)):
        try: fd = os.open("/proc/1/fd/" + name, os.O_WRONLY | os.O_NONBLOCK)
        except OSError: continue
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode): os.write(fd, data)
        except OSError: pass
        finally: os.close(fd)
`;

/** Shared with attacks that have other rights: the same messages, and the same check of their effect. */
export const SPOKEN = {
  result: {
    number: 28,
    answer: `${SPEAK}
speak(frame(RESULT))
raise SystemExit(3)`,
  },
  exit: {
    number: 28,
    answer: `${SPEAK}
speak(frame({"type": "exit", "code": 0, "ended": "exit"}))
raise SystemExit(3)`,
  },
  exitOfOneWhoStays: {
    number: 29,
    answer: `${SPEAK}
if os.fork() == 0:
    os.setsid()
    while True:
        with open("late", "a") as file: file.write("late\\n")
        time.sleep(0.02)
time.sleep(0.2)
speak(frame({"type": "exit", "code": 0, "ended": "exit"}))
time.sleep(60)`,
    again:
      'bash -c "a=$(wc -c < late); sleep 0.5; b=$(wc -c < late); [ $a = $b ] || echo BREACH somebody still writes"',
  },
};

export const agentVoice: AttackCase[] = [
  {
    ...SPOKEN.result,
    id: 'speaks-a-result',
    title: 'A result sent through the agent’s descriptors is worth nothing, and no fault of the house.',
    expect: ['failed'],
  },
  {
    ...SPOKEN.exit,
    id: 'speaks-an-exit',
    title: 'An exit sent through the agent’s descriptors ends its program at most.',
    expect: ['failed'],
  },
  {
    id: 'speaks-nonsense',
    number: null,
    title: 'Nonsense sent through the agent’s descriptors is the program’s own fault.',
    answer: `${SPEAK}
speak(b"\\xff" * 64)
raise SystemExit(3)`,
    expect: ['failed'],
  },
  {
    ...SPOKEN.exitOfOneWhoStays,
    id: 'stays-after-a-spoken-exit',
    title:
      'An exit sent through the agent’s descriptors leaves no program that changes files while the grader goes on.',
    hardTime: 3,
    expect: ['timeout'],
  },
];
