/** Which name servers an agent is given. That the engine's own file has them: test/engines/run-network-runsc.test.ts. */
import type Docker from 'dockerode';
import tar from 'tar-stream';
import { expect, test } from 'vitest';
import { nameServersOf, serversIn } from '../../../../server/adapters/docker/name-servers.ts';
import { specWith } from '../../../support/execution/policy-table.ts';

test('those that a container on a network of its own reaches, three at most', () => {
  const file = '# nameserver 9.9.9.9\nsearch a.test\nnameserver 127.0.0.53\nnameserver  10.0.0.1\r\n';
  expect(serversIn(`${file}nameserver 2001:db8::1\nnameserver\t10.0.0.2 # near\noptions ndots:0\n`)).toEqual([
    '10.0.0.1',
    '10.0.0.2',
  ]);
  expect(
    serversIn('nameserver 10.0.0.1,user=0\nnameserver 0.0.0.0\nnameserver 1.1\n nameserver 10.1.1.1\n'),
  ).toEqual([]);
  expect(serversIn('nameserver 10.0.0.1\n'.repeat(9))).toHaveLength(3);
});

const FILE = { name: 'resolv.conf', type: 'file' } as const;

/** An engine whose containers have this in their file; it keeps what it was asked for. */
function engineWith(file: string, header: Partial<tar.Header> = FILE) {
  const made: { Image?: string; HostConfig?: object }[] = [];
  const calls: string[] = [];
  const container = {
    start: async () => void calls.push('start'),
    async getArchive({ path }: { path: string }) {
      calls.push(path);
      const pack = tar.pack();
      pack.entry({ ...FILE, ...header }, header.type === 'symlink' ? '' : file);
      pack.finalize();
      return pack;
    },
    remove: async () => void calls.push('remove'),
  };
  const createContainer = async (options: object) => {
    made.push(options);
    return container;
  };
  return { docker: { createContainer } as unknown as Docker, made, calls };
}

const spec = { ...specWith({ network: true }), runtime: 'runsc', ownKernel: true };
const servers = ['10.0.0.1'];

test('a container of the same image on the default network has them, and its program can change nothing', async () => {
  const { docker, made, calls } = engineWith('nameserver 10.0.0.1\n');
  expect(await nameServersOf(docker)(spec)).toEqual(servers);
  expect(calls).toEqual(['start', '/etc/resolv.conf', 'remove']);
  expect(made).toMatchObject([
    {
      User: '65534:65534',
      Labels: { 'org.gradeport.role': 'names' },
      HostConfig: { NetworkMode: 'bridge', ReadonlyRootfs: true, CapDrop: ['ALL'], CapAdd: [], Mounts: [] },
    },
  ]);
});

test('a container without a network, and one on the kernel of the machine, need none', async () => {
  const { docker, made } = engineWith('nameserver 10.0.0.1\n');
  const nameServers = nameServersOf(docker);
  expect(await nameServers({ ...spec, ownKernel: false })).toEqual([]);
  expect(await nameServers({ ...spec, policy: { ...spec.policy, network: false } })).toEqual([]);
  expect(made).toEqual([]);
});

test('each image is asked once in ten minutes, and what it says counts for its own runs only', async () => {
  const { docker, made } = engineWith('nameserver 10.0.0.1\n');
  let now = 0;
  const nameServers = nameServersOf(docker, () => now);
  await Promise.all([nameServers(spec), nameServers(spec)]);
  now = 599_999;
  await nameServers(spec);
  expect(made).toHaveLength(1);
  await nameServers({ ...spec, image: 'sha256:another' });
  expect(made).toHaveLength(2);
  now = 600_000;
  await nameServers(spec);
  expect(made).toHaveLength(3);
});

test('after an engine that failed the next run asks again, and nothing is left', async () => {
  const { docker, calls } = engineWith('nameserver 10.0.0.1\n');
  const failing = { createContainer: () => Promise.reject(new Error('no space left')) } as unknown as Docker;
  let engine = failing;
  const changing = {
    createContainer: (options: object) => engine.createContainer(options),
  } as unknown as Docker;
  const nameServers = nameServersOf(changing);
  await expect(nameServers(spec)).rejects.toThrow('no space left');
  engine = docker;
  expect(await nameServers(spec)).toEqual(servers);
  expect(calls.at(-1)).toBe('remove');
});

test.each([
  ['a link', '', { type: 'symlink', linkname: '/proc/1/environ' }],
  ['larger than such a file', `nameserver 10.0.0.1\n${'#'.repeat(70_000)}`, {}],
] as const)('what is %s is not read', async (_, file, header) => {
  const { docker } = engineWith(file, header);
  expect(await nameServersOf(docker)(spec)).toEqual([]);
});
