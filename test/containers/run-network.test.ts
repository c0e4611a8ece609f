/** Runs with a network: two of them do not reach each other. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient } from '../../server/adapters/docker/client.ts';
import { RUN_NETWORK } from '../../server/adapters/docker/run-network.ts';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { openTestGrader, type TestGrader } from '../support/grade.ts';
import { hasWay } from '../support/ways-here.ts';

let grader: TestGrader;
beforeAll(async () => {
  grader = await openTestGrader({ engine: openEngine(hasWay('local') ? 'local' : 'portable') });
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

/** To everybody on the network at once, in both versions of the protocol, and by the machine's own address. */
const CALL_ALL = `
import socket, struct, threading, time
heard = []
def listen(family, group):
    link = socket.socket(family, socket.SOCK_DGRAM)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    link.settimeout(4)
    try:
        link.bind(('', 4712))
        if group: link.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack('4s4s', socket.inet_aton(group), bytes(4)))
        while True:
            said, who = link.recvfrom(50)
            if said != own.encode(): heard.append(said)
    except OSError: pass
own = '%d' % time.time_ns()
threads = [threading.Thread(target=listen, args=one) for one in ((socket.AF_INET, '224.0.0.251'), (socket.AF_INET6, None))]
for one in threads: one.start()
end = time.time() + 3
while time.time() < end:
    for family, to in ((socket.AF_INET, '255.255.255.255'), (socket.AF_INET, '224.0.0.251'), (socket.AF_INET6, 'ff02::1%eth0')):
        try:
            out = socket.socket(family, socket.SOCK_DGRAM)
            out.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            out.sendto(own.encode(), socket.getaddrinfo(to, 4712, family)[0][4])
        except OSError: pass
    time.sleep(0.05)
for one in threads: one.join()
print('heard', heard)
`;

test.each(['runc', 'crun'])(
  'a call to everybody on the network reaches no other run, on %s',
  async (runtime) => {
    const calling = { files: { ...task.files, 'talk.py': CALL_ALL } };
    const both = await Promise.all([grader.grade(calling, { runtime }), grader.grade(calling, { runtime })]);
    for (const { output, details } of both) expect(output.head, details).toBe('heard []\n');
  },
);
