/** The filter that the student's agent adds: what its programs are refused, whatever the engine's own filter allows. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const AGENT = join(import.meta.dirname, '../../../grading-api/agent');
/** Counts which families of sockets can be made, in a process that has taken the filter. */
const LOOK = `
import ctypes, errno, platform, socket, sys
sys.path.insert(0, sys.argv[1])
from refused_calls import refuse
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(38, 1, 0, 0, 0)  # no new privileges: without it only root may take a filter
assert refuse() and refuse(), 'no filter here'
made = set()
for family in range(48):
    for kind in (1, 2, 3, 5):
        try: socket.socket(family, kind).close()
        except OSError: continue
        made.add(family)
def refused(*words):
    return libc.syscall(*words) < 0 and ctypes.get_errno() == errno.ENOSYS
io_setup = 206 if platform.machine() == 'x86_64' else 0
print(sorted(made), refused(io_setup, 8, ctypes.byref(ctypes.c_ulong(0))), refused(425, 8, None))
`;

test.skipIf(process.platform !== 'linux')(
  'sockets are of four families; io_uring and asynchronous input and output are unknown',
  () => {
    const { stdout, stderr } = spawnSync('python3', ['-c', LOOK, AGENT], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout.trim()).toBe('[1, 2, 10, 16] True True');
  },
);
