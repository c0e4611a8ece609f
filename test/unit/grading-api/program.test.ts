/** A program that leaves others running (setup beside a terminal) keeps its hands off those that come after it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { API_FOLDER } from '../../support/grading-api/container.ts';

const SCRIPT = `
import os, sys
sys.path.insert(0, sys.argv[1])
from program import Program

class Loop:
    on_child = None

class Output:
    on_drained = None

def ended_child():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    return pid

codes, loop, output = [], Loop(), Output()
setup = Program(loop, output, codes.append, leaves_rest=True)
setup._pid = ended_child()
loop.on_child = output.on_drained = setup._reap
loop.on_child()
shell = ended_child()
# What the setup left has ended: its output was closed, before the loop hears of the shell's end.
if output.on_drained:
    output.on_drained()
print(codes, os.waitpid(shell, os.WNOHANG)[0] == shell)
`;

test('the end of what the setup left takes no news of the shell away', () => {
  const { stdout, stderr } = spawnSync('python3', ['-c', SCRIPT, join(API_FOLDER, 'agent')], {
    encoding: 'utf8',
  });
  expect(stdout, stderr).toBe('[0] True\n');
});
