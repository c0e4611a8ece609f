/** The MongoDB server of the tests: what suites may rely on. */
import { once } from 'node:events';
import { readdirSync, watch, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { mongo } from 'mongoose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { mongoSource } from '../../../setup/mongo-server.mjs';
import { openGivenServer, withDatabase } from '../../support/mongo/given-server.ts';
import { launchOf } from '../../support/mongo/launch.ts';
import type { MongoServer } from '../../support/mongo/mongo-server.ts';
import { openOwnServer } from '../../support/mongo/own-server.ts';
import { freshDatabase, openMongoServer, whyNoMongo } from '../../support/mongo/server.ts';
import { startChild } from '../../support/store/child.ts';
import { tempFolder } from '../../support/store/temp-folder.ts';

const why = await whyNoMongo();
const source = why === null ? mongoSource() : undefined;

async function connectTo(url: string): Promise<mongo.MongoClient> {
  const client = await mongo.MongoClient.connect(url);
  onTestFinished(() => client.close());
  return client;
}

const untilEmpty = (folder: string) =>
  new Promise<void>((resolve) => {
    const watcher = watch(folder, () => {
      if (readdirSync(folder).length === 0) resolve();
    });
    onTestFinished(() => watcher.close());
  });

async function survivesKill(server: MongoServer): Promise<void> {
  const url = server.url(freshDatabase());
  const before = await connectTo(url);
  const documents = Array.from({ length: 50 }, (_, id) => ({ _id: id }));
  await Promise.all(
    documents.map((document) => before.db().collection<{ _id: number }>('a').insertOne(document)),
  );
  await server.kill?.();
  await server.restart?.();
  const after = await connectTo(url);
  expect(await after.db().collection('a').countDocuments()).toBe(50);
}

describe.skipIf(why)(why ?? 'a MongoDB server for tests', () => {
  test('answers the driver, and says which one it is', async () => {
    await using server = await openMongoServer();
    const client = await connectTo(server.url(freshDatabase()));
    expect(await client.db().command({ ping: 1 })).toMatchObject({ ok: 1 });
    const { version } = await client.db().command({ buildInfo: 1 });
    expect(Number.parseInt(version, 10)).toBeGreaterThanOrEqual(5);
    expect(server.name).toMatch(/^\S.*$/);
    expect(server.genuine).toBe(source?.kind !== 'java');
  });

  test('given by somebody, loses the databases that a test named and no other', async () => {
    await using owner = await openMongoServer();
    const [mine, theirs] = [freshDatabase(), freshDatabase()];
    const client = await connectTo(owner.url(theirs));
    await client.db(theirs).collection('a').insertOne({});
    const given = openGivenServer(owner.url(theirs));
    const inMine = await connectTo(given.url(mine));
    await inMine.db().collection('a').insertOne({});
    await given[Symbol.asyncDispose]();
    expect(await client.db(mine).collection('a').countDocuments()).toBe(0);
    expect(await client.db(theirs).collection('a').countDocuments()).toBe(1);
    expect(() => given.url('admin')).toThrow('no name of a database for tests');
    expect([given.kill, given.restart]).toEqual([null, null]);
  });
});

describe.skipIf(source === undefined || source.kind === 'given')('a server of the tests’ own', () => {
  test('keeps every acknowledged document through kill -9', async () => {
    await using server = await openMongoServer({ durable: true });
    await survivesKill(server);
  });

  test('goes with its folder when the test process is killed', async () => {
    const folder = tempFolder();
    const opener = startChild('../mongo/opener.ts', folder);
    const socket = connect(Number(await opener.line()), '127.0.0.1');
    await once(socket, 'connect');
    expect(readdirSync(folder)).toHaveLength(1);
    const isEmpty = untilEmpty(folder);
    // The server may be gone before its opener is known to be; a killed one may reset the connection.
    socket.on('error', () => {});
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await opener.kill();
    await closed;
    await isEmpty;
  });
});

describe.skipIf(source?.kind !== 'java')('a mongod on the PATH', () => {
  /** Takes mongod's options, and is the same Java server. */
  function fakeMongod(classes: string): string {
    const program = join(tempFolder(), 'mongod');
    const java = `java -Xmx512m -cp '${classes}/classes:${classes}/lib/*' MongoServerForTests "$4" "$2/data"`;
    const script = `#!/bin/sh\n${java} | sed -u 's/^listening/Waiting for connections/'\n`;
    writeFileSync(program, script, { mode: 0o755 });
    return program;
  }

  test('is started in a folder of its own, killed and started again', async () => {
    if (source?.kind !== 'java') throw new Error('no Java server');
    const program = fakeMongod(source.folder);
    await using server = await openOwnServer(launchOf({ kind: 'mongod', program }, true));
    expect(server).toMatchObject({ name: `mongod (${program})`, genuine: true });
    await survivesKill(server);
  });

  test('that does not start is an error with its own words, and leaves no folder', async () => {
    const program = join(tempFolder(), 'mongod');
    writeFileSync(program, '#!/bin/sh\necho "no AVX here" >&2; exit 4\n', { mode: 0o755 });
    await expect(openOwnServer(launchOf({ kind: 'mongod', program }, true))).rejects.toThrow('no AVX here');
  });
});

test.each([
  ['mongodb://h', 'mongodb://h/db'],
  ['mongodb://h:1,i:2/?replicaSet=rs', 'mongodb://h:1,i:2/db?replicaSet=rs'],
  ['mongodb://u:p%40@h/', 'mongodb://u:p%40@h/db?authSource=admin'],
  ['mongodb://u:p@h/users?tls=true', 'mongodb://u:p@h/db?tls=true&authSource=users'],
  ['mongodb+srv://u:p@h/x?authSource=y', 'mongodb+srv://u:p@h/db?authSource=y'],
])('%s with another database is %s', (given, expected) => {
  expect(withDatabase(given, 'db')).toBe(expected);
});
