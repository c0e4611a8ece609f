/**
 * Every way a program can end, each as a program that reports the time. It prints "T" and its clock (s since 1970) just
 * before the event, or repeatedly until then: the last one counts.
 */
import type { VerdictKind } from '../../server/rules/verdict.ts';

export type EndingCase = {
  name: string;
  /** Python; the same in the grading container and in a student container. */
  program: string;
  /** The expected verdict; null: no verdict, because Gradeport was at fault and tries the run again. */
  verdict: { grading: VerdictKind | null; student: VerdictKind | null };
  limits?: Partial<{ time: number; hard_time: number; memory: number; disk: number; pids: number }>;
  /** What the host does once the program runs; that moment is the event. */
  act?: 'stop' | 'kill-container' | 'cut-engine';
  /** Seconds from the first "T" to the event. */
  after?: number;
  /** Limits for the grading container, where they differ: its disk is larger, and its files count as memory. */
  gradingLimits?: EndingCase['limits'];
};

const HEAD = `import json, os, resource, sys, time
def t():
    os.write(1, b'T %.6f\\n' % time.time())
def endless():
    while True:
        time.sleep(0.002)
`;
const program = (text: string) => HEAD + text;
const both = (verdict: VerdictKind | null) => ({ grading: verdict, student: verdict });

export const CASES: readonly EndingCase[] = [
  {
    name: 'ends on its own, status 0',
    program: program('t()\nsys.exit(0)\n'),
    verdict: { grading: 'crashed', student: 'success' },
  },
  {
    name: 'processor time',
    // The program counts its own processor time; the container reaches the limit earlier, as gVisor first starts Python.
    program: program('while time.process_time() < 1.5: pass\nt()\nwhile True: pass\n'),
    limits: { time: 3, hard_time: 20 },
    after: 1.5,
    verdict: both('timeout'),
  },
  {
    name: 'clock',
    program: program('t()\nendless()\n'),
    limits: { hard_time: 1 },
    after: 1,
    verdict: both('timeout'),
  },
  {
    name: 'out of memory',
    program: program('kept = []\nwhile True:\n    t()\n    kept.append(b"x" * (2 << 20))\n'),
    limits: { memory: 64 },
    verdict: both('out-of-memory'),
  },
  {
    name: 'out of memory, a child only',
    program: program(`if os.fork() == 0:
    kept = []
    while True:
        t()
        kept.append(b"x" * (2 << 20))
os.wait()
endless()
`),
    limits: { memory: 64 },
    verdict: both('out-of-memory'),
  },
  {
    name: 'output limit',
    program: program('while True:\n    t()\n    os.write(1, b"x" * 999 + b"\\n")\n'),
    verdict: both('output-limit'),
  },
  {
    name: 'folder full',
    program: program(`try:
    for number in range(1000):
        t()
        with open(PLACE + '/big%d' % number, 'wb', buffering=0) as big:
            for _ in range(64): big.write(b"x" * 65536)
except OSError: pass
t()
endless()
`),
    limits: { disk: 8 },
    gradingLimits: { memory: 900 },
    verdict: both('disk-full'),
  },
  {
    name: 'process limit',
    program: program(`while True:
    t()
    try:
        if os.fork() == 0: time.sleep(60); os._exit(0)
    except OSError:
        break
endless()
`),
    limits: { pids: 40 },
    verdict: both('process-limit'),
  },
  {
    name: 'killed by a signal of its own',
    program: program('t()\nos.kill(os.getpid(), 9)\n'),
    verdict: { grading: 'crashed', student: 'failed' },
  },
  {
    name: 'stopped by a person',
    program: program('t()\nendless()\n'),
    act: 'stop',
    verdict: both('killed'),
  },
  {
    name: 'container killed from outside',
    program: program('t()\nendless()\n'),
    act: 'kill-container',
    verdict: both(null),
  },
  {
    name: 'engine gone',
    program: program('t()\nendless()\n'),
    act: 'cut-engine',
    verdict: both(null),
  },
];

/** Endings that only graders can have. */
export const GRADER_CASES: readonly EndingCase[] = [
  {
    name: 'a right word of the grader',
    program: program(`import subprocess
subprocess.run(['feedback-result', 'success'])
t()
`),
    verdict: both('success'),
  },
  {
    name: 'malformed report',
    program: program(`open('/.__output/__feedback.json', 'w').write('{"grade": "many"}')
t()
`),
    verdict: both('crashed'),
  },
];
