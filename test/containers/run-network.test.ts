/** Runs with a network: two of them do not reach each other. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { RUN_NETWORK } from '../../server/adapters/docker/run-network.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { openTestGrader, type TestGrader } from '../support/grade.ts';

let grader: TestGrader;
beforeAll(async () => {
  grader = await openTestGrader({ engine: openEngine('local') });
});
afterAll(async () => {
  await grader.close();
  // Another test may be using it.
  await openClient()
    .getNetwork(RUN_NETWORK)
    .remove()
    .catch(() => {});
});

/** Listens on every address for four seconds, and tries all neighbours meanwhile. */
const TALK = `
import socket, threading, time
own = next(line.split()[0] for line in open('/etc/hosts') if line.split()[-1] in ('grading', socket.gethostname()) and not line.startswith('127.'))
heard = []
def listen(kind):
    link = socket.socket(socket.AF_INET, kind)
    link.bind(('0.0.0.0', 4711))
    link.settimeout(4)
    try:
        if kind == socket.SOCK_STREAM: link.listen(); heard.append(link.accept()[0].recv(9))
        else: heard.append(link.recv(9))
    except OSError: pass
threads = [threading.Thread(target=listen, args=(kind,)) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)]
for one in threads: one.start()
network = own.rsplit('.', 1)[0]
end = time.time() + 3
while time.time() < end:
    for last in range(2, 12):
        other = '%s.%d' % (network, last)
        if other == own: continue
        out = socket.socket(); out.settimeout(0.02)
        try: out.connect((other, 4711)); out.send(b'stream')
        except OSError: pass
        out.close()
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'datagram', (other, 4711))
for one in threads: one.join()
print('own address', own.count('.'), 'heard', heard)
`;
const YAML = `name: talk
environment_type: docker
environment_id: default
environment_parameters: { network_grading: true, limits: { time: 10, hard_time: 30, memory: 128 } }
problems: { q: { type: code, name: q } }
`;
const run = '#!/bin/bash\npython3 talk.py\nfeedback-result success\n';
const task = { files: { 'task.yaml': YAML, run, 'talk.py': TALK } };

test.each(['runc', 'crun'])('two runs with a network on %s hear nothing of each other', async (runtime) => {
  const both = await Promise.all([grader.grade(task, { runtime }), grader.grade(task, { runtime })]);
  for (const { output, details } of both) expect(output.head, details).toBe('own address 3 heard []\n');
});
