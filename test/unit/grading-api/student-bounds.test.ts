/** Bounds that the agent of a student container keeps on its own: what no kernel outside would tell or refuse. */
import { expect, test } from 'vitest';
import { STDOUT } from '../../../grading-api/protocol.ts';
import { aCommand, startAgent } from '../../support/grading-api/agent.ts';
import { makeSlot } from '../../support/grading-api/container.ts';

async function ran(command: string, pids: number | null) {
  await using slot = await makeSlot();
  const agent = startAgent('student', slot);
  agent.send({ ...aCommand, command, pids });
  agent.send({ type: 'stdin-close', channel: 0 });
  const { code, ended } = await agent.message('exit');
  return { code, ended, printed: agent.printed(STDOUT) };
}

const CHILDREN = "bash -c 'for i in {1..12}; do sleep 60 & done; sleep 1; kill $(jobs -p); echo done'";
const THREADS =
  'python3 -c "import threading, time; [threading.Thread(target=time.sleep, args=(60,), daemon=True).start() for _ in range(12)]; time.sleep(60)"';

test.each([
  ['processes', CHILDREN],
  ['threads', THREADS],
])('more %s than there may be end the program, and the word for it is process-limit', async (_, command) => {
  expect(await ran(command, 8)).toEqual({ code: 247, ended: 'process-limit', printed: '' });
});

test('as many as there may be are left alone, and so are all where nothing is to be counted', async () => {
  expect(await ran(CHILDREN, 20)).toEqual({ code: 0, ended: 'exit', printed: 'done\n' });
  expect(await ran(CHILDREN, null)).toMatchObject({ code: 0, ended: 'exit' });
});

test('io_uring is refused as if the kernel did not have it', async () => {
  const look =
    'python3 -c "import ctypes; libc = ctypes.CDLL(None, use_errno=True); print([(libc.syscall(n, 0, None), ctypes.get_errno()) for n in (425, 426, 427)])"';
  expect(await ran(look, null)).toMatchObject({ printed: '[(-1, 38), (-1, 38), (-1, 38)]\n' });
});
