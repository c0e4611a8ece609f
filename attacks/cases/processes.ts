import type { AttackCase } from '../case.ts';

const py = String.raw;

/** A fork bomb that keeps trying after a refused fork. */
const BOMB = py`
while True:
    try:
        if os.fork() == 0: EXTRA
    except OSError: pass`;

export const processes: AttackCase[] = [
  {
    id: 'fork-bomb',
    number: 1,
    title: 'A fork bomb ends at the process limit.',
    answer: BOMB.replace('EXTRA', 'pass'),
    time: 6,
    hardTime: 10,
    expect: ['process-limit'],
  },
  {
    id: 'fork-setsid-storm',
    number: 2,
    title: 'A storm of forks that each begin a session of their own ends at the process limit.',
    answer: BOMB.replace('EXTRA', 'os.setsid()'),
    time: 6,
    hardTime: 10,
    expect: ['process-limit'],
  },
  {
    id: 'shell-bomb',
    number: 1,
    title: 'The shell’s own fork bomb ends at the process limit.',
    language: 'shell',
    answer: 'b() { b | b & }\nb\nwhile :; do b; done',
    time: 6,
    hardTime: 10,
    expect: ['process-limit'],
  },
  {
    id: 'zombies',
    number: 1,
    title: 'Children that no process waits for count as processes.',
    answer: py`
while True:
    try:
        if os.fork() == 0: os._exit(0)
    except OSError: pass`,
    time: 6,
    hardTime: 10,
    expect: ['process-limit'],
  },
  {
    id: 'thread-bomb',
    number: 20,
    title: 'Threads count as processes.',
    answer: py`
import threading
while True:
    try: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    except RuntimeError: pass`,
    time: 6,
    hardTime: 10,
    expect: ['process-limit'],
  },
];
