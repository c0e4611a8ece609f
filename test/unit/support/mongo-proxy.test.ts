/** Each trick of the proxy, with the real driver before it and a real server behind it. */
import { mongo } from 'mongoose';
import { beforeEach, describe, expect, test } from 'vitest';
import { type MongoProxy, openMongoProxy, type Rule } from '../../support/mongo/proxy.ts';
import { describeWithMongo, freshDatabase } from '../../support/mongo/server.ts';

type Item = { _id: number; text?: string };
type Options = mongo.MongoClientOptions;

/** For clients that wait in vain. */
const HASTY = { serverSelectionTimeoutMS: 1500 };

const clients: mongo.MongoClient[] = [];

async function open(url: string, options: Options = {}): Promise<mongo.MongoClient> {
  // The shortest interval that the driver takes: how soon it looks at a server again.
  const quick = { serverSelectionTimeoutMS: 15_000, heartbeatFrequencyMS: 500 };
  const client = new mongo.MongoClient(url, { ...quick, ...options });
  clients.push(client);
  return client.connect();
}
const itemsOf = (client: mongo.MongoClient) => client.db().collection<Item>('items');

await describeWithMongo('the proxy before MongoDB', (server) => {
  let proxy: MongoProxy;
  let url: string;
  let behind: mongo.Collection<Item>;
  beforeEach(async () => {
    proxy = await openMongoProxy(server);
    const database = freshDatabase();
    url = proxy.url(database);
    behind = itemsOf(await open(server.url(database)));
    return async () => {
      // Before the proxy goes: a client with sessions ends them, and waits for a server to do so.
      await Promise.all(clients.splice(0).map((client) => client.close()));
      await proxy[Symbol.asyncDispose]();
    };
  });
  const items = async (options: Options = {}) => itemsOf(await open(url, options));
  const once = (rule: Rule) => proxy.rule({ times: 1, ...rule });

  /** Servers that can repeat a write are members of a replica set with sessions. */
  const seemReplicaSet = (more: Record<string, unknown> = {}) =>
    proxy.hello({
      setName: 'rs0',
      hosts: [proxy.host],
      me: proxy.host,
      logicalSessionTimeoutMinutes: 30,
      ...more,
    });

  describe('without a rule', () => {
    test('passes everything on, also in many pieces, and counts commands', async () => {
      const collection = await items();
      const text = 'x'.repeat(3 * 2 ** 20);
      await collection.insertMany([{ _id: 1, text }, { _id: 2 }]);
      const found = await collection.find({}, { sort: { _id: 1 } }).toArray();
      expect(found).toEqual([{ _id: 1, text }, { _id: 2 }]);
      expect([proxy.counts().get('insert'), proxy.counts().get('find')]).toEqual([1, 1]);
      expect(proxy.counts().get('hello')).toBeGreaterThan(0);
    });

    test('tells the next request with a command, with its documents', async () => {
      const collection = await items();
      const request = proxy.next('insert');
      await collection.insertMany([{ _id: 1 }, { _id: 2 }]);
      expect(await request).toMatchObject({ insert: 'items', documents: [{ _id: 1 }, { _id: 2 }] });
    });
  });

  describe('fails commands', () => {
    test.each([
      [13, 'Unauthorized'],
      [50, 'MaxTimeMSExpired'],
      [91, 'ShutdownInProgress'],
      [112, 'WriteConflict'],
      [189, 'PrimarySteppedDown'],
      [10107, 'NotWritablePrimary'],
      [11602, 'InterruptedDueToReplStateChange'],
      [14031, 'OutOfDiskSpace'],
    ])('with %i %s', async (code, codeName) => {
      const collection = await items();
      once({ command: 'insert', do: 'fail', code });
      await expect(collection.insertOne({ _id: 1 })).rejects.toMatchObject({ code, codeName, ok: 0 });
      expect(await behind.countDocuments()).toBe(0);
      await collection.insertOne({ _id: 1 });
    });

    test.each([26, 85, 86])('with %i when an index is made', async (code) => {
      const collection = await items();
      once({ command: 'createIndexes', do: 'fail', code });
      await expect(collection.createIndex({ text: 1 })).rejects.toMatchObject({ code });
    });

    test('with 18 for a user, before the server is asked', async () => {
      proxy.rule({ command: 'saslStart', do: 'fail', code: 18, message: 'Authentication failed.' });
      const auth = { username: 'ann', password: 'wrong' };
      await expect(open(url, { auth })).rejects.toThrow('Authentication failed.');
    });

    test('with an answer as the test writes it', async () => {
      const collection = await items();
      const writeConcernError = { code: 64, codeName: 'WriteConcernTimeout', errmsg: 'waited in vain' };
      once({ command: 'insert', do: 'fail', answer: { ok: 1, n: 1, writeConcernError } });
      await expect(collection.insertOne({ _id: 1 })).rejects.toThrow('waited in vain');
    });

    test('only those that the test picks, until the rule is taken away', async () => {
      const collection = await items();
      const isTwo = ({ documents }: Record<string, unknown>) => JSON.stringify(documents) === '[{"_id":2}]';
      const end = proxy.rule({ command: 'insert', when: isTwo, do: 'fail', code: 14031 });
      await collection.insertOne({ _id: 1 });
      await expect(collection.insertOne({ _id: 2 })).rejects.toMatchObject({ code: 14031 });
      await expect(collection.insertOne({ _id: 2 })).rejects.toMatchObject({ code: 14031 });
      end();
      await collection.insertOne({ _id: 2 });
    });

    // A genuine server that is none refuses the numbers of repeatable writes.
    test.skipIf(server.genuine)('so that the driver repeats a write to a replica set', async () => {
      seemReplicaSet();
      const collection = await items();
      once({ command: 'insert', do: 'fail', code: 10107 });
      await collection.insertOne({ _id: 1 });
      expect(proxy.counts().get('insert')).toBe(2);
      expect(await behind.countDocuments()).toBe(1);
    });

    test('after the server did the work', async () => {
      const collection = await items();
      once({ command: 'insert', do: 'fail', after: 'answer', code: 11602 });
      await expect(collection.insertOne({ _id: 1 })).rejects.toMatchObject({ code: 11602 });
      expect(await behind.countDocuments()).toBe(1);
    });
  });

  describe('breaks the line', () => {
    test.each([
      ['before the server gets the request', 'cut', 'request', 0],
      ['in the middle of the request', 'truncate', 'request', 0],
      ['between the write and its answer', 'cut', 'answer', 1],
      ['in the middle of the answer', 'truncate', 'answer', 1],
    ] as const)('%s', async (_, what, after, written) => {
      const collection = await items();
      once({ command: 'insert', do: what, after });
      await expect(collection.insertOne({ _id: 1 })).rejects.toBeInstanceOf(mongo.MongoNetworkError);
      expect(await behind.countDocuments()).toBe(written);
      await collection.insertOne({ _id: 2 });
    });

    test('by never answering, though the server did the write', async () => {
      const collection = await items({ socketTimeoutMS: 300 });
      once({ command: 'insert', do: 'swallow' });
      const insert = collection.insertOne({ _id: 1 });
      await expect(insert).rejects.toBeInstanceOf(mongo.MongoNetworkTimeoutError);
      expect(await behind.countDocuments()).toBe(1);
    });

    test('by answering late', async () => {
      const collection = await items();
      proxy.rule({ command: 'find', do: 'delay', ms: 400 });
      const startedMs = performance.now();
      await collection.findOne({});
      expect(performance.now() - startedMs).toBeGreaterThan(390);
      const hasty = await items({ socketTimeoutMS: 200, retryReads: false });
      await expect(hasty.findOne({})).rejects.toBeInstanceOf(mongo.MongoNetworkTimeoutError);
    });

    test('for all connections at once', async () => {
      const collection = await items();
      proxy.rule({ command: 'insert', do: 'swallow', after: 'request' });
      const [seen, insert] = [proxy.next('insert'), collection.insertOne({ _id: 1 })];
      await seen;
      proxy.drop();
      await expect(insert).rejects.toBeInstanceOf(mongo.MongoNetworkError);
      expect(await collection.countDocuments()).toBe(0);
    });

    test('by refusing connections, until it takes them again', async () => {
      const [collection, hasty] = [await items(), await items(HASTY)];
      await collection.insertOne({ _id: 1 });
      await proxy.refuse(true);
      await expect(hasty.findOne({})).rejects.toThrow('ECONNREFUSED');
      await proxy.refuse(false);
      expect(await collection.findOne({})).toEqual({ _id: 1 });
    });
  });

  describe('pretends', () => {
    test('an older server', async () => {
      proxy.hello({ maxWireVersion: 8 });
      await expect(open(url, HASTY)).rejects.toThrow('maximum wire version 8');
    });

    test('a replica set without a primary', async () => {
      seemReplicaSet({ isWritablePrimary: false, ismaster: false, secondary: true });
      const hasty = await items({ readPreference: 'secondary', ...HASTY });
      expect(await hasty.findOne({})).toBeNull();
      await expect(hasty.insertOne({ _id: 1 })).rejects.toBeInstanceOf(mongo.MongoServerSelectionError);
      seemReplicaSet();
      await (await items({ retryWrites: false })).insertOne({ _id: 1 });
    });

    test('nothing to clients that ask the server themselves, once the changes end', async () => {
      const admin = (await open(url)).db('admin');
      proxy.hello({ maxWireVersion: 21, maxBsonObjectSize: undefined });
      const hello = await admin.command({ isMaster: 1 });
      expect(hello).toMatchObject({ maxWireVersion: 21, ok: 1 });
      expect(Object.keys(hello)).not.toContain('maxBsonObjectSize');
      proxy.hello({});
      expect(await admin.command({ isMaster: 1 })).toHaveProperty('maxBsonObjectSize');
    });
  });

  describe('with TLS', () => {
    test('is trusted by its certificate, and not without', async () => {
      await using secure = await openMongoProxy(server, { tls: true });
      const secureUrl = secure.url(freshDatabase());
      const tlsCAFile = secure.caFile ?? 'none';
      await itemsOf(await open(secureUrl, { tlsCAFile })).insertOne({ _id: 1 });
      expect(secure.counts().get('insert')).toBe(1);
      const untrusting = open(secureUrl, HASTY);
      await expect(untrusting).rejects.toThrow('self-signed certificate');
    });

    test('can show a certificate for another host', async () => {
      await using secure = await openMongoProxy(server, { tls: { names: 'DNS:elsewhere' } });
      const options = { tlsCAFile: secure.caFile ?? 'none', ...HASTY };
      await expect(open(secure.url('a'), options)).rejects.toThrow('does not match certificate');
    });
  });
});
