/** A MongoDB database that is away, slow or in trouble while the store is open: nothing is lost, and nothing done twice. */
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type MongoOptions, openMongoStore } from '../../../../server/adapters/mongo/open.ts';
import type { Store } from '../../../../server/ports/store.ts';
import { type MongoProxy, proxyOfTest, type Rule } from '../../../support/mongo/proxy.ts';
import { describeWithMongo, freshDatabase } from '../../../support/mongo/server.ts';
import { beforePromotion, stateOf, submission } from '../../../support/store/batches.ts';
import { sampleRun, sampleUser } from '../../../support/store/samples.ts';

const MANY = 50;

await describeWithMongo('an open store on MongoDB', (server) => {
  let proxy: MongoProxy;
  let database: string;
  beforeEach(async () => {
    database = freshDatabase();
    proxy = await proxyOfTest(server);
  });

  async function opened(url: string, options: MongoOptions = {}): Promise<Store> {
    const store = await openMongoStore(url, options);
    onTestFinished(() => store.close());
    return store;
  }
  const away = { name: 'GradeportError', code: 'store-away' };

  describe('whose server is away', () => {
    test('fails with a sentence after its patience, and works again once the server is back', async () => {
      const store = await opened(proxy.url(database), { patienceMs: 200 });
      await store.runs.insert(sampleRun('before'));
      await proxy.refuse(true);
      const calls: (() => Promise<unknown>)[] = [
        () => store.runs.get('before'),
        () => store.runs.insert(sampleRun('r')),
        () => store.runs.update({ id: 'before' }, { $inc: { attempt: 1 } }),
        () => store.runs.updateMany({}, { $inc: { attempt: 1 } }),
        () => store.runs.remove({ id: 'none' }),
        () => store.runs.count({}),
        () => store.runs.group('state', {}),
        () => store.batch(submission('x')),
        () => store.blobs.put(Buffer.from('x')),
        () => store.blobs.get('a'.repeat(64)),
        () => store.getWith({ from: 'runs', id: 'before', by: 'submission', to: 'submissions' }),
        () => listed(store),
      ];
      const results = await Promise.allSettled(calls.map((call) => call()));
      for (const result of results)
        expect(result).toMatchObject({
          status: 'rejected',
          reason: {
            ...away,
            message: expect.stringContaining('does not answer: start it, or look at its log.'),
          },
        });
      await proxy.refuse(false);
      await vi.waitFor(() => store.runs.get('before'), { timeout: 25_000, interval: 50 });
      await store.runs.insert(sampleRun('after'));
      expect(await store.batch(submission('x'))).toBe(true);
    });

    test('waits where it is away for a moment only', async () => {
      const store = await opened(proxy.url(database));
      await proxy.refuse(true);
      const inserted = store.runs.insert(sampleRun('r'));
      const found = store.runs.find({});
      const batch = store.batch(submission('x'));
      const lost = proxy.next('hello');
      await proxy.refuse(false);
      await lost;
      await inserted;
      await found;
      expect(await batch).toBe(true);
      expect(await store.runs.count({})).toBe(2);
    });

    test('tells of foreign changes again once it is back, and is still the server of its database', async () => {
      const store = await opened(proxy.url(database), { patienceMs: 200 });
      const told = vi.fn();
      store.onForeignChange(told);
      await proxy.refuse(true);
      await expect(store.runs.count({})).rejects.toMatchObject(away);
      await proxy.refuse(false);
      await vi.waitFor(() => store.runs.count({}), { timeout: 10_000, interval: 50 });
      const beside = await opened(server.url(database), { lock: false });
      await beside.users.insert(sampleUser('theirs'));
      await vi.waitFor(() => expect(told).toHaveBeenCalled(), { timeout: 5000, interval: 20 });
      await expect(openMongoStore(server.url(database))).rejects.toMatchObject({ code: 'conflict' });
    });
  });

  describe('does once what the server did while its answer was lost', () => {
    /** The server did the work; the client sees the end of the connection, or that this is no primary any more. */
    const LOSSES: [string, Rule][] = [
      ['cut', { do: 'cut', after: 'answer' }],
      ['another primary', { do: 'fail', after: 'answer', code: 189 }],
      ['a write that the majority has not confirmed', { do: 'fail', after: 'answer', code: 64 }],
    ];
    const isData = (body: Readonly<Record<string, unknown>>) => !Object.values(body).includes('gradeport');
    const lose = (rule: Rule, command: string, times = 1) =>
      proxy.rule({ when: isData, times, ...rule, command });

    test.each(LOSSES)('%s: an insert', async (_, rule) => {
      const store = await opened(proxy.url(database));
      lose(rule, 'insert', 2);
      await store.runs.insert(sampleRun('r'));
      expect(await store.runs.find({})).toEqual([sampleRun('r')]);
      lose(rule, 'insert');
      await expect(store.runs.insert(sampleRun('r', { task: 't2' }))).rejects.toMatchObject({
        code: 'conflict',
      });
    });

    test.each(LOSSES)('%s: changes', async (_, rule) => {
      const store = await opened(proxy.url(database));
      await store.runs.insert(sampleRun('r'));
      lose(rule, 'findAndModify', 2);
      expect(await store.runs.update({ id: 'r' }, { $inc: { attempt: 1 } })).toMatchObject({ attempt: 1 });
      lose(rule, 'findAndModify');
      const claim = () => store.runs.update({ id: 'r', state: 'queued' }, { $set: { state: 'running' } });
      expect(await claim()).toMatchObject({ state: 'running' });
      lose(rule, 'findAndModify');
      expect(await claim()).toBeNull();
      lose(rule, 'update', 2);
      expect(await store.runs.updateMany({}, { $inc: { attempt: 1 } })).toBe(1);
      expect(await store.runs.get('r')).toMatchObject({ attempt: 2 });
    });

    test.each(LOSSES)('%s: a removal', async (_, rule) => {
      const store = await opened(proxy.url(database));
      for (const id of ['a', 'b']) await store.runs.insert(sampleRun(id));
      lose(rule, 'delete');
      expect(await store.runs.remove({ id: 'a' })).toBe(1);
      lose(rule, 'delete');
      expect(await store.runs.remove({ id: 'none' })).toBe(0);
      expect(await store.runs.count({})).toBe(1);
    });

    test.each(LOSSES)('%s: batches', async (_, rule) => {
      const store = await opened(proxy.url(database));
      lose(rule, 'insert', 3);
      expect(await store.batch(submission('x'))).toBe(true);
      expect(await stateOf(store, 'submit', 'x')).toEqual([true, true, true]);
      await beforePromotion(store, 'y');
      lose(rule, 'findAndModify');
      lose(rule, 'update');
      const promoted = await store.batch([
        { collection: 'currents', id: 'y', where: { serial: 1 }, change: { $inc: { serial: 1 } } },
        { collection: 'runs', id: 'run-x', change: { $inc: { attempt: 1 } } },
      ]);
      expect(promoted).toBe(true);
      expect(await store.currents.get('y')).toMatchObject({ serial: 2 });
      expect(await store.runs.get('run-x')).toMatchObject({ attempt: 1 });
    });

    test.each(LOSSES)('%s: a blob', async (_, rule) => {
      const store = await opened(proxy.url(database));
      const content = Buffer.alloc(3 * 2 ** 20, 'x');
      lose(rule, 'insert', 2);
      const key = await store.blobs.put(content);
      expect((await store.blobs.get(key)).equals(content)).toBe(true);
      expect(await listed(store)).toEqual([{ key, size: content.length }]);
      lose(rule, 'delete');
      expect(await store.blobs.remove(key)).toBe(true);
      expect(await listed(store)).toEqual([]);
    });

    test('50 increments at once of one document, when all connections end before the first answer', async () => {
      const store = await opened(proxy.url(database), { patienceMs: 10_000 });
      await store.runs.insert(sampleRun('r'));
      let done = 0;
      const onDone = () => {
        if (++done === MANY) proxy.drop();
      };
      lose({ do: 'swallow', onDone }, 'findAndModify', MANY);
      const all = Array.from({ length: MANY }, () =>
        store.runs.update({ id: 'r' }, { $inc: { attempt: 1 } }),
      );
      await Promise.all(all);
      expect(await store.runs.get('r')).toMatchObject({ attempt: MANY });
    });
  });

  describe('whose server is slow', () => {
    test('counts as away when it does not answer in time, and the write that came late is done once', async () => {
      const store = await opened(proxy.url(database), { patienceMs: 100, silenceMs: 400 });
      await store.runs.insert(sampleRun('r'));
      const forget = proxy.rule({ command: 'findAndModify', do: 'delay', after: 'answer', ms: 30_000 });
      await expect(store.runs.update({ id: 'r' }, { $inc: { attempt: 1 } })).rejects.toMatchObject(away);
      forget();
      expect((await store.runs.get('r'))?.attempt).toBe(1);
      proxy.rule({ command: 'findAndModify', do: 'swallow', times: 1 });
      const patient = await opened(proxy.url(database), { lock: false, patienceMs: 5000, silenceMs: 400 });
      expect(await patient.runs.update({ id: 'r' }, { $inc: { attempt: 1 } })).toMatchObject({ attempt: 2 });
    });
  });

  describe('whose server refuses a write', () => {
    test.each([
      [
        14031,
        'no-space',
        /^The disk of the database mongodb:.* is full: free some space on it, then try again\.$/,
      ],
      [13, 'denied', /^The user of the store's address may not do this in mongodb:.*: give it the role/],
      [10334, 'too-large', /^This is more than the 16 MB that MongoDB keeps in one document/],
      [17419, 'too-large', /^This is more than the 16 MB that MongoDB keeps in one document/],
    ])('with %d: %s', async (code, ours, sentence) => {
      const store = await opened(proxy.url(database));
      await store.users.insert(sampleUser('u'));
      const isUsers = (body: Readonly<Record<string, unknown>>) => Object.values(body).includes('users');
      for (const command of ['insert', 'findAndModify'])
        proxy.rule({ command, do: 'fail', code, when: isUsers });
      const expected = { name: 'GradeportError', code: ours, message: expect.stringMatching(sentence) };
      await expect(store.users.insert(sampleUser('v'))).rejects.toMatchObject(expected);
      await expect(store.users.update({ id: 'u' }, { $set: { name: 'x' } })).rejects.toMatchObject(expected);
      expect(await store.users.get('u')).toEqual(sampleUser('u'));
    });

    test('a document of more than 16 MB is refused with its own sentence, and nothing of it is kept', async () => {
      const store = await opened(server.url(database));
      const code = 'x'.repeat(17 * 2 ** 20);
      const [lead, ...later] = submission('x');
      if (!('insert' in lead) || lead.collection !== 'submissions') throw new TypeError('no submission');
      const large = { ...lead, insert: { ...lead.insert, answers: { code } } };
      const expected = { code: 'too-large' };
      await expect(store.batch([large, ...later])).rejects.toMatchObject(expected);
      await expect(store.submissions.insert(large.insert)).rejects.toMatchObject(expected);
      await store.submissions.insert({ ...large.insert, answers: {} });
      const change = { $set: { answers: { code } } };
      await expect(store.submissions.update({ id: 'x' }, change)).rejects.toMatchObject(expected);
      await expect(store.submissions.updateMany({}, change)).rejects.toMatchObject(expected);
      expect((await store.submissions.get('x'))?.answers).toEqual({});
      expect(await store.runs.count({})).toBe(0);
    });

    test('a pair that is too large for one answer is read one by one', async () => {
      const store = await opened(proxy.url(database));
      await store.batch(submission('x'));
      proxy.rule({ command: 'aggregate', do: 'fail', code: 10334 });
      const both = await store.getWith({ from: 'runs', id: 'run-x', by: 'submission', to: 'submissions' });
      expect(both).toMatchObject({ doc: { id: 'run-x' }, linked: { id: 'x' } });
      expect(await store.getWith({ from: 'runs', id: 'no', by: 'submission', to: 'submissions' })).toBeNull();
    });
  });
});

async function listed(store: Store): Promise<{ key: string; size: number }[]> {
  const found: { key: string; size: number }[] = [];
  for await (const blob of store.blobs.list()) found.push(blob);
  return found;
}
