/** Small programs that exceed a limit, and the expected verdict of each. */
import type { Limits } from '../../rules/limits.ts';
import type { VerdictKind } from '../../rules/verdict.ts';

const MIB = 2 ** 20;

/** Low limits, so that exceeding them takes no time. */
const PROBE_LIMITS: Limits = {
  cpuMs: 2000,
  wallMs: 20_000,
  memoryBytes: 96 * MIB,
  pids: 48,
  outputBytes: 64 * 1024,
  diskBytes: 4 * MIB,
  diskFiles: 200,
  tmpBytes: 32 * MIB,
};

export type Probe = {
  check: string;
  /** The Python source of a student's program. */
  program: string;
  limits: Limits;
  /** The verdict when the limit stops the program. A program that notices the limit first prints so, and ends. */
  expect: { verdict?: VerdictKind; printed?: RegExp };
  held: string;
  broken: string;
  next: string;
};

const common = { limits: PROBE_LIMITS };
const CGROUPS = 'Look at "cgroups" and "engine limits" above; gradeport doctor --attack tries more.';
const MOUNTS = 'Look at "execution" above: student folders are not of the size that was asked for.';

export const MEMORY: Probe = {
  ...common,
  check: 'limit of memory',
  // Each page is touched: memory that is only requested costs nothing.
  program: `
block = bytearray(256 * 2**20)
for place in range(0, len(block), 4096):
    block[place] = 1
print('it has 256 MiB')`,
  expect: { verdict: 'out-of-memory' },
  held: 'A program that wanted 256 MiB was stopped at 96 MiB.',
  broken: 'A program got 256 MiB where 96 MiB is the limit.',
  next: CGROUPS,
};

export const PROCESSES: Probe = {
  ...common,
  check: 'limit of processes',
  program: `
import errno, os, time
try:
    for _ in range(200):
        if os.fork() == 0:
            os.close(1), os.close(2)
            time.sleep(10)
            os._exit(0)
    print('it has 200 processes')
except OSError as error:
    print('stopped by', errno.errorcode[error.errno])`,
  expect: { verdict: 'process-limit', printed: /stopped by EAGAIN/ },
  held: 'A program that wanted 200 processes got no more than 48.',
  broken: 'A program got 200 processes where 48 is the limit.',
  next: CGROUPS,
};

/** Writes several files: a single one would meet the limit on file size first. */
export const BYTES: Probe = {
  ...common,
  check: 'limit of disk',
  program: `
import errno
try:
    for number in range(16):
        with open('bytes%d' % number, 'wb') as file:
            file.write(bytes(2**20))
    print('it wrote 16 MiB')
except OSError as error:
    print('stopped by', errno.errorcode[error.errno])`,
  expect: { verdict: 'disk-full', printed: /stopped by ENOSPC/ },
  held: 'A program that wrote 16 MiB met the end of its folder at 4 MiB.',
  broken: 'A program wrote 16 MiB into a folder of 4 MiB.',
  next: MOUNTS,
};

export const FILES: Probe = {
  ...common,
  check: 'limit of files',
  program: `
import errno
try:
    for number in range(1000):
        open('file%d' % number, 'w').close()
    print('it made 1000 files')
except OSError as error:
    print('stopped by', errno.errorcode[error.errno])`,
  expect: { verdict: 'disk-full', printed: /stopped by ENOSPC/ },
  held: 'A program that made 1000 files met the end of its folder at 200.',
  broken: 'A program made 1000 files where 200 is the limit.',
  next: MOUNTS,
};

export const TIME: Probe = {
  ...common,
  check: 'limit of time',
  program: 'while True: pass',
  limits: { ...PROBE_LIMITS, cpuMs: 1000 },
  expect: { verdict: 'timeout' },
  held: 'An endless loop was stopped after a second.',
  broken: 'An endless loop was not stopped after a second.',
  next: CGROUPS,
};

/** Nothing is sent anywhere: 192.0.2.1 is for documentation (RFC 5737). Without a network the kernel has no route. */
export const NETWORK: Probe = {
  ...common,
  check: 'network off',
  program: `
import errno, socket
others = [name for _, name in socket.if_nameindex() if name != 'lo']
try:
    socket.create_connection(('192.0.2.1', 9), 2).close()
    way = 'open'
except OSError as error:
    way = 'none' if error.errno == errno.ENETUNREACH else str(error)
print('others:', ','.join(others) or 'none', 'way:', way)`,
  expect: { printed: /others: none way: none/ },
  held: 'A program sees no network but its own loopback.',
  broken: 'A program sees a network although its task has none.',
  next: 'Check whether the engine is configured to add networks to containers; docs/security.md says what must hold.',
};

export const PROBES: readonly Probe[] = [MEMORY, PROCESSES, BYTES, FILES, TIME, NETWORK];
