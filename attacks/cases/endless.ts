/** Programs that do not end, or whose children do not. */
import type { AttackCase } from '../case.ts';

const py = String.raw;

export const endless: AttackCase[] = [
  {
    id: 'orphans',
    number: 3,
    title: 'Children that sleep on after their parent ended are ended with it.',
    answer: py`
for _ in range(20):
    if os.fork() == 0:
        os.setsid()
        time.sleep(600)
        os._exit(0)
answer()`,
    time: 6,
    hardTime: 15,
    expect: ['success'],
  },
  {
    id: 'stop-everything',
    number: 4,
    title: 'Stopping its parent and itself ends by the clock.',
    answer: py`
import signal
try:
    os.kill(os.getppid(), signal.SIGSTOP)
    breach("stopped the agent")
except PermissionError: pass
os.kill(0, signal.SIGSTOP)`,
    hardTime: 2,
    expect: ['timeout'],
  },
  {
    id: 'ignore-signals',
    number: 5,
    title: 'A program that ignores every signal it can ends by the clock.',
    answer: py`
import signal
for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}: signal.signal(number, signal.SIG_IGN)
while True: time.sleep(60)`,
    hardTime: 2,
    expect: ['timeout'],
  },
  {
    id: 'kill-everybody',
    number: 33,
    title: 'kill -9 -1 reaches only the student’s own processes.',
    answer: py`
import signal
if os.fork() == 0:
    time.sleep(60)
os.kill(-1, signal.SIGKILL)
answer()`,
    // Under gVisor kill(-1) also ends the caller.
    expect: ['success'],
    expectOn: { runsc: ['success', 'failed'] },
  },
  {
    id: 'kill-the-agent',
    number: 33,
    title: 'No signal reaches the first process of the container.',
    answer: py`
import signal
for number in signal.valid_signals():
    try:
        os.kill(1, number)
        breach("signal %d to the agent" % number)
    except (PermissionError, ProcessLookupError): pass
answer()`,
    expect: ['success'],
  },
  {
    id: 'burn-in-parallel',
    number: 20,
    title: 'Processor time of all processes together is what counts.',
    answer: py`
for _ in range(10):
    if os.fork() == 0: break
while True: pass`,
    time: 1,
    hardTime: 20,
    expect: ['timeout'],
  },
  {
    id: 'sleep',
    number: 21,
    title: 'A sleep without any work ends by the clock.',
    answer: 'time.sleep(600)',
    hardTime: 2,
    expect: ['timeout'],
  },
  {
    id: 'exec-loop',
    number: null,
    title: 'A program that starts itself anew for ever ends by its processor time or the clock.',
    answer: py`os.execv("/bin/sh", ["sh", "-c", 'exec sh -c "$0" "$0"', 'exec sh -c "$0" "$0"'])`,
    time: 1,
    hardTime: 5,
    expect: ['timeout'],
  },
  {
    id: 'dies-by-vfork-chain',
    number: 2,
    title: 'A chain in which each process starts the next and ends cannot be outrun.',
    answer: py`
def chain():
    while True:
        if os.fork() != 0: os._exit(0)
        os.setsid()
if os.fork() == 0: chain()
time.sleep(0.3)
answer()`,
    time: 4,
    hardTime: 8,
    expect: ['success'],
  },
  {
    id: 'realtime',
    number: null,
    title: 'A program cannot take the processor from others by its priority.',
    answer: py`
for policy in (os.SCHED_FIFO, os.SCHED_RR):
    try:
        os.sched_setscheduler(0, policy, os.sched_param(1))
        if os.sched_getscheduler(0) == policy: breach("realtime")
    except OSError: pass
try:
    os.nice(-10)
    # gVisor has no priorities: it notes the number and nothing follows from it.
    if os.uname().release != "4.4.0": breach("nice")
except OSError: pass
answer()`,
    expect: ['success'],
  },
  {
    id: 'survive-the-clock',
    number: 5,
    title: 'Daemons that trap every signal are gone when the clock ended their parent.',
    language: 'shell',
    answer: `trap '' TERM INT HUP QUIT
for i in 1 2 3 4 5; do (setsid nohup sleep 1000 >/dev/null 2>&1 &) ; done
sleep 1000`,
    hardTime: 2,
    expect: ['timeout'],
  },
];
