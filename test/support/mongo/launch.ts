/** How each kind of MongoDB server is started on this machine. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { MongoSource } from '../../../setup/mongo-server.mjs';
import { freePort } from '../free-port.ts';
import type { Command } from './kept-process.ts';

export type OwnSource = Exclude<MongoSource, { kind: 'given' }>;

export type Launch = {
  name: string;
  genuine: boolean;
  /** Its output when it takes connections, with the port where it chooses one. */
  ready: RegExp;
  /** @param port 0 where the server is to choose one */
  command(folder: string, port: number): Command;
  firstPort(): Promise<number>;
};

const MONGOD_READY = /waiting for connections/i;
// Tests hold little data; mongod would take half of the memory.
const MONGOD_ARGS = ['--wiredTigerCacheSizeGB', '0.25'];

export function launchOf(source: OwnSource, durable: boolean): Launch {
  if (source.kind === 'mongod') return mongod(source.program);
  return source.kind === 'image' ? container(source.image) : javaServer(source.folder, durable);
}

const mongod = (program: string): Launch => ({
  name: `mongod (${program})`,
  genuine: true,
  ready: MONGOD_READY,
  firstPort: freePort,
  command: (folder, port) => ({
    program,
    args: [
      '--dbpath',
      folder,
      '--port',
      String(port),
      '--bind_ip',
      '127.0.0.1',
      '--nounixsocket',
      ...MONGOD_ARGS,
    ],
    end: '',
  }),
});

const container = (image: string): Launch => ({
  name: `container of the image ${image}`,
  genuine: true,
  ready: MONGOD_READY,
  firstPort: freePort,
  command: (folder, port) => {
    const container = `gradeport-test-mongo-${randomBytes(6).toString('hex')}`;
    const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
    const mounts = ['--volume', `${folder}:/data/db`, '--publish', `127.0.0.1:${port}:27017`];
    const options = ['--rm', '--pull', 'never', '--name', container, '--user', user, ...mounts];
    return {
      program: 'docker',
      args: ['run', ...options, '--entrypoint', 'mongod', image, '--bind_ip_all', ...MONGOD_ARGS],
      end: `docker rm --force --volumes ${container}`,
    };
  },
});

const javaServer = (folder: string, durable: boolean): Launch => ({
  name: `mongo-java-server 1.47.0, ${durable ? 'data in a file' : 'data in memory'}`,
  genuine: false,
  ready: /listening on port (\d+)/,
  firstPort: async () => 0,
  command: (dataFolder, port) => {
    const classPath = `${join(folder, 'classes')}:${join(folder, 'lib')}/*`;
    const java = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', classPath];
    const file = durable ? [join(dataFolder, 'data')] : [];
    return { program: 'java', args: [...java, 'MongoServerForTests', String(port), ...file], end: '' };
  },
});
