/** Runs with a network on gVisor, on an engine with a network of its own, which leads nowhere else. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { LARGE, type NameServer, openNameServer } from '../support/containers/name-server.ts';
import { CALL_ALL, networked, TALK } from '../support/containers/networked.ts';
import { openTestGrader, type TestGrader } from '../support/grade.ts';
import { OWN_ADDRESS, openPrivateEngine, type PrivateEngine } from '../support/private-engine.ts';

const runtime = 'runsc';
let engine: PrivateEngine;
let names: NameServer;
let graders: { local: TestGrader; portable: TestGrader };
beforeAll(async () => {
  engine = await openPrivateEngine(['gradeport/default:latest'], 'own');
  vi.stubEnv('DOCKER_HOST', engine.host);
  names = await openNameServer(OWN_ADDRESS, engine.inItsNetwork());
  const [local, portable] = await Promise.all(
    (['local', 'portable'] as const).map((way) => openTestGrader({ engine: openEngine(way) })),
  );
  if (local && portable) graders = { local, portable };
});
afterAll(async () => {
  await graders?.local.close();
  await graders?.portable.close();
  await names?.[Symbol.asyncDispose]();
  await engine?.[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
});

test.each([
  ['hear nothing of each other', TALK, 'own address 3 heard []\n'],
  ['do not hear a call to everybody', CALL_ALL, 'heard []\n'],
])('two runs with a network %s', async (_, program, expected) => {
  const { local } = graders;
  const both = await Promise.all([1, 2].map(() => local.grade(networked(program), { runtime })));
  for (const { output, details } of both) expect(output.head, details).toBe(expected);
});

const NAMES = `
import socket
for name in ('honest.test', 'large.test', 'unknown.test'):
    try: print(name, len(set(socket.gethostbyname_ex(name)[2])))
    except OSError as error: print(name, error.strerror)
`;

test.each(['local', 'portable'] as const)(
  'they find names, those with large answers, too (%s)',
  async (way) => {
    const { output, details } = await graders[way].grade(networked(NAMES), { runtime });
    expect(output.head, details).toBe(
      `honest.test 1\nlarge.test ${LARGE}\nunknown.test Name or service not known\n`,
    );
    expect(names.asked()).toEqual(expect.arrayContaining(['honest.test A UDP', 'large.test A TCP']));
  },
);

test('the program of a student finds names, too, where the grader shares its network', async () => {
  const find = 'getent hosts honest.test';
  const run = `#!/bin/bash\nrun_student --share-network ${find}\nrun_student ${find} || echo none\n`;
  const { files } = networked('');
  const task = { files: { ...files, run: `${run}feedback-result success\n` } };
  const { output, details } = await graders.local.grade(task, { runtime });
  expect(output.head, details).toMatch(/^192\.0\.2\.1 +honest\.test\nnone\n$/);
});

/** Asks without reading the answers, with questions as large as are passed on, and keeps connections that say nothing. */
const FLOOD = `
import os, socket
where = ('127.0.0.11', 53)
def own(): return int(next(line for line in open('/proc/1/status') if line.startswith('VmRSS')).split()[1])
before = own()
try: os.kill(1, 9)
except OSError as error: print(error.strerror)
head = bytes((1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0)) + b'\\x05flood\\x04test\\x00\\x00\\x01\\x00\\x01'
askers = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(50)]
for asker in askers: asker.setblocking(False)
for number in range(6000):
    try: askers[number % 50].sendto(head + bytes(4000 if number % 2 else 60000), where)
    except OSError: pass
links = [socket.socket() for _ in range(200)]
for link in links:
    link.setblocking(False)
    link.connect_ex(where)
print('more memory' if own() - before > 8192 else 'no more memory')
for one in links + askers: one.close()
for _ in range(5):
    try: print(socket.gethostbyname('honest.test')); break
    except OSError: pass
`;

test('a program that floods its name server harms no other run, and finds names again afterwards', async () => {
  const { local } = graders;
  const [hostile, honest] = await Promise.all(
    [FLOOD, NAMES].map((program) => local.grade(networked(program), { runtime })),
  );
  expect(hostile?.output.head, hostile?.details).toBe('Operation not permitted\nno more memory\n192.0.2.1\n');
  expect(names.asked()).toContain('flood.test A UDP');
  expect(honest?.output.head, honest?.details).toContain(`honest.test 1\nlarge.test ${LARGE}\n`);
});

const LOOK = `
import socket
for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
    link = socket.socket(socket.AF_INET, kind)
    link.bind(('', 53))
print([word for word in open('/proc/1/cmdline').read().split('\\0') if '=' in word])
`;

test('without a network nothing listens, and no name server is known', async () => {
  const { files } = networked(LOOK);
  const yaml = String(files['task.yaml']).replace('network_grading: true', 'network_grading: false');
  const { output, details } = await graders.local.grade(
    { files: { ...files, 'task.yaml': yaml } },
    { runtime },
  );
  expect(output.head, details).toBe('[]\n');
});
