/** What a person reads when the database cannot be used; the password is in none of it. */
import { inspect } from 'node:util';
import { mongo } from 'mongoose';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openMongoStore } from '../../../../server/adapters/mongo/open.ts';
import { type MongoProxy, openMongoProxy, proxyOfTest, type Rule } from '../../../support/mongo/proxy.ts';
import { describeWithMongo, freshDatabase } from '../../../support/mongo/server.ts';
import { sampleUser } from '../../../support/store/samples.ts';

const PASSWORD = 's3cr3t-pass';

await describeWithMongo('the start on a MongoDB database', (server) => {
  let proxy: MongoProxy;
  let database: string;
  let db: mongo.Db;
  beforeEach(async () => {
    database = freshDatabase();
    proxy = await proxyOfTest(server);
    const client = await mongo.MongoClient.connect(server.url(database));
    db = client.db();
    return () => client.close();
  });

  async function opens(url: string): Promise<void> {
    const store = await openMongoStore(url, { patienceMs: 300 });
    onTestFinished(() => store.close());
    await store.users.insert(sampleUser('u'));
    expect(await store.users.get('u')).toEqual(sampleUser('u'));
  }

  /** @returns the sentence */
  async function refuses(url: string, code: string): Promise<string> {
    const opened = openMongoStore(url, { patienceMs: 300 });
    const error: unknown = await opened.then(
      (store) => store.close(),
      (reason) => reason,
    );
    expect(error).toMatchObject({ name: 'GradeportError', code });
    // Depth and causes as a log shows them.
    expect(inspect(error, { depth: 20 })).not.toContain(PASSWORD);
    return error instanceof Error ? error.message : '';
  }
  const withUser = (url: string): string => url.replace('//', `//gradeport:${PASSWORD}@`);
  const behindProxy = () => proxy.url(database);

  describe('refuses an address', () => {
    test('where nothing listens', async () => {
      await proxy.refuse(true);
      expect(await refuses(withUser(behindProxy()), 'store-away')).toBe(
        `The database mongodb://${proxy.host}/${database} does not answer (connect ECONNREFUSED ${proxy.host}): ` +
          'start it, or correct the store’s address.',
      );
    });

    test('whose host is unknown', async () => {
      const url = `mongodb://u:${PASSWORD}@no-ssl-alert.invalid/db`;
      expect(await refuses(url, 'usage')).toMatch(
        /^No host of the address mongodb:\/\/no-ssl-alert\.invalid\/db is known \(.*\): correct the store’s address\.$/,
      );
    });

    test('with an option that does not exist', async () => {
      const url = `${withUser(behindProxy())}?noSuchOption=${PASSWORD}`;
      expect(await refuses(url, 'usage')).toMatch(/^The store’s address cannot be used: .*nosuchoption/i);
    });

    test('with a wrong password', async () => {
      proxy.rule({ command: 'saslStart', do: 'fail', code: 18, message: 'Authentication failed.' });
      expect(await refuses(withUser(behindProxy()), 'denied')).toBe(
        `The database mongodb://${proxy.host}/${database} refuses this user or password: correct them in the store's address.`,
      );
    });

    test('of a server that is not who it says', async () => {
      await using tls = await openMongoProxy(server, { tls: { names: 'DNS:elsewhere' } });
      const trusted = `${tls.url(database)}&tlsCAFile=${tls.caFile}`;
      expect(await refuses(trusted, 'denied')).toMatch(/^The certificate of .* is not accepted \(Hostname/);
    });

    test('of a server whose certificate no known authority has signed, until its authority is named', async () => {
      await using tls = await openMongoProxy(server, { tls: true });
      const sentence = await refuses(withUser(tls.url(database)), 'denied');
      expect(sentence).toMatch(
        /^The certificate of .* is not accepted \(self-signed certificate\)\. .*tlsCAFile=/,
      );
      await opens(`${tls.url(database)}&tlsCAFile=${tls.caFile}`);
    });

    test('that asks for TLS where the server speaks none', async () => {
      expect(await refuses(`${behindProxy()}?tls=true`, 'store-away')).toContain('does not answer');
    });
  });

  describe('refuses a server', () => {
    test.each([9, 12])('that is too old (wire version %d)', async (maxWireVersion) => {
      proxy.hello({ maxWireVersion });
      expect(await refuses(behindProxy(), 'conflict')).toBe(
        `The server of mongodb://${proxy.host}/${database} is older than MongoDB 5.0: update it, to 7.0 or 8.0.`,
      );
    });

    test.each(['insert', 'update', 'createIndexes', 'find'])(
      'that does not let its user %s',
      async (command) => {
        proxy.rule({ command, do: 'fail', code: 13, message: `not authorized on db to execute ${command}` });
        expect(await refuses(behindProxy(), 'denied')).toBe(
          `The user of the store's address may not do this in mongodb://${proxy.host}/${database}: ` +
            'give it the role "dbOwner" on this database, or "readWrite" and "dbAdmin".',
        );
      },
    );

    const probed = (body: Readonly<Record<string, unknown>>, text: RegExp): boolean =>
      text.test(JSON.stringify(body));
    const done = { ok: 1, n: 1, nModified: 1 };
    const faults: [string, Rule, string][] = [
      [
        'whose compare-and-set lets everybody win',
        {
          command: 'findAndModify',
          do: 'fail',
          answer: { ok: 1, value: { _id: 'x' }, lastErrorObject: done },
        },
        'of 20 parallel changes with one condition 20 succeeded instead of 1',
      ],
      [
        'that loses increments',
        { command: 'update', times: 7, when: (body) => probed(body, /\$inc/), do: 'fail', answer: done },
        '20 parallel increments counted 13',
      ],
      [
        'whose unique index takes a key twice',
        { command: 'insert', when: (body) => probed(body, /"probe":"probe:/), do: 'fail', answer: done },
        'a unique index took the same key 20 times',
      ],
      [
        'that answers with what was there before',
        { command: 'update', when: (body) => probed(body, /"n":3/), do: 'fail', answer: done },
        'a read did not see the write before it',
      ],
    ];
    test.each(faults)('%s', async (_, rule, fault) => {
      proxy.rule(rule);
      expect(await refuses(behindProxy(), 'conflict')).toBe(
        `The server of mongodb://${proxy.host}/${database} cannot keep Gradeport's data: ${fault}. Use MongoDB 5.0 or later.`,
      );
    });

    test('that is silent', async () => {
      proxy.rule({ command: 'hello', do: 'swallow' });
      expect(await refuses(behindProxy(), 'store-away')).toContain('does not answer');
    });
  });

  describe('refuses a database', () => {
    const named = () => `The database mongodb://127.0.0.1:${new URL(server.url(database)).port}/${database}`;

    test.each(['users', 'students'])('of another program, which has "%s"', async (name) => {
      await db.collection(name).insertOne({ theirs: true });
      expect(await refuses(server.url(database), 'conflict')).toBe(
        `${named()} holds collections of another program (${name}). ` +
          'Name a database in the store’s address that is empty, or Gradeport’s own.',
      );
      expect(
        await db
          .collection(name)
          .find({}, { projection: { _id: 0 } })
          .toArray(),
      ).toEqual([{ theirs: true }]);
      expect(await db.listCollections({}, { nameOnly: true }).toArray()).toHaveLength(1);
    });

    test('of a newer Gradeport', async () => {
      await opens(server.url(database)).catch(() => {});
      const meta = db.collection<{ _id: string }>('gradeport');
      await meta.updateOne({ _id: 'schema' }, { $set: { version: 99 } });
      expect(await refuses(server.url(database), 'conflict')).toMatch(
        /was written by a newer Gradeport \(schema 99; this one knows \d+\)\. Start that version/,
      );
    });

    test('that another server uses, by its process, also where clocks are apart', async () => {
      const holder = await openMongoStore(server.url(database), { clock: () => Date.UTC(2031, 0, 1) });
      onTestFinished(() => holder.close());
      expect(await refuses(server.url(database), 'conflict')).toBe(
        `${named()} is in use by the server of process ${process.pid} (since 2031-01-01T00:00:00.000Z). ` +
          'Stop it first, or name another database in the store’s address.',
      );
    });

    test('whose documents break a unique index', async () => {
      const store = await openMongoStore(server.url(database));
      await store.close();
      const users = db.collection('users');
      await users.dropIndex('gradeport_name');
      await users.insertMany([{ name: 'ada' }, { name: 'ada' }]);
      const sentence = await refuses(server.url(database), 'conflict');
      expect(sentence).toContain('Two documents of users in');
      expect(sentence).toContain('have one key that must be unique: remove or rename one of them');
    });
  });

  test('uses an index that an operator made under another name', async () => {
    await (await openMongoStore(server.url(database))).close();
    await db.collection('users').dropIndex('gradeport_name');
    await db.collection('users').createIndex({ name: 1 }, { unique: true, name: 'by-hand' });
    await opens(server.url(database));
    const names = (await db.collection('users').listIndexes().toArray()).map(({ name }) => name);
    expect(names.toSorted()).toEqual(['_id_', 'by-hand']);
  });

  test('a command on a fresh database makes its indexes, too', async () => {
    const store = await openMongoStore(server.url(database), { lock: false });
    onTestFinished(() => store.close());
    await store.users.insert(sampleUser('a', { name: 'ada' }));
    await expect(store.users.insert(sampleUser('b', { name: 'ada' }))).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});
