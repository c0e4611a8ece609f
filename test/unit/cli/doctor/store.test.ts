/** What the doctor says of the store: SQLite in the data folder, or a MongoDB database. */
import { openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { mongo } from 'mongoose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openMongoStore } from '../../../../server/adapters/mongo/open.ts';
import { openIntake } from '../../../../server/adapters/transfer/intake/open-intake.ts';
import { readStoreRef } from '../../../../server/adapters/transfer/store-ref.ts';
import { storeChecks } from '../../../../server/cli/doctor/store.ts';
import { loadConfig } from '../../../../server/config/config.ts';
import { freshDatabase, sharedMongoServer } from '../../../support/mongo/server.ts';
import { sampleRun, sampleUser } from '../../../support/store/samples.ts';
import { tempFolder, tempStore } from '../../../support/store/temp-folder.ts';

const server = await sharedMongoServer();
const submissions = loadConfig({}).submissions;
const of = (data: string) => storeChecks({ data, store: null, submissions });
const ofMongo = (store: string) => storeChecks({ data: tempFolder(), store, submissions });
const leaveHalfDone = async (place: string) => {
  const intake = await openIntake(readStoreRef(place), { by: 'store copy /a', replace: false });
  await intake.close();
};

describe('SQLite', () => {
  test('is skipped before the first start, and fine beside a running server', async () => {
    const folder = tempFolder();
    expect(await of(folder)).toMatchObject({ lastRunAt: null, checks: [{ state: 'skipped' }] });
    const store = await tempStore(folder);
    await store.runs.insert(sampleRun('r', { state: 'done' }));
    const { checks, lastRunAt } = await of(folder);
    expect(checks.map((one) => one.state)).toEqual(['ok', 'ok']);
    expect(checks[0]?.sentence).toContain('1 runs');
    expect(lastRunAt).toBe(sampleRun('r').queuedAt);
  });

  test('that is no database, or a damaged one, fails', async () => {
    const letter = tempFolder();
    writeFileSync(join(letter, 'gradeport.db'), 'This is a letter, not a database.'.repeat(100));
    expect((await of(letter)).checks).toMatchObject([{ state: 'fail' }]);
    const folder = tempFolder();
    const store = await tempStore(folder);
    for (let count = 0; count < 200; count += 1) await store.runs.insert(sampleRun(`r${count}`));
    await store.close();
    const file = openSync(join(folder, 'gradeport.db'), 'r+');
    // Behind the first pages, which say what is where.
    writeSync(file, Buffer.alloc(40 * 4096, 0x5a), 0, 40 * 4096, 20 * 4096);
    expect((await of(folder)).checks).toMatchObject([{ check: 'store', state: 'fail' }]);
  });

  test('of a newer Gradeport fails', async () => {
    const folder = tempFolder();
    await (await tempStore(folder)).close();
    const db = new DatabaseSync(join(folder, 'gradeport.db'));
    db.exec('UPDATE schema_version SET version = 99');
    db.close();
    expect((await of(folder)).checks).toMatchObject([
      { state: 'ok' },
      { check: 'store schema', state: 'fail' },
    ]);
  });
});

describe('MongoDB', () => {
  test('is fine when it answers, empty or with runs, beside a running server', async () => {
    const url = server.url(freshDatabase());
    expect((await ofMongo(url)).checks).toMatchObject([
      { check: 'store', state: 'ok' },
      { state: 'skipped' },
    ]);
    const store = await openMongoStore(url);
    onTestFinished(() => store.close());
    await store.runs.insert(sampleRun('r', { state: 'done' }));
    const { checks, lastRunAt } = await ofMongo(url);
    expect(checks.map(({ check, state }) => [check, state])).toEqual([
      ['store', 'ok'],
      ['store schema', 'ok'],
      ['store indexes', 'ok'],
    ]);
    expect(checks[0]?.sentence).toMatch(/answers: MongoDB \d.*, 1 runs/);
    expect(lastRunAt).toBe(sampleRun('r').queuedAt);
  });

  test('of a newer Gradeport fails, and a missing index is a warning that names it', async () => {
    const url = server.url(freshDatabase());
    await (await openMongoStore(url)).close();
    const client = await mongo.MongoClient.connect(url);
    onTestFinished(() => client.close());
    await client.db().collection('users').dropIndex('gradeport_name');
    expect((await ofMongo(url)).checks.at(-1)).toMatchObject({
      state: 'warn',
      sentence: expect.stringContaining('users.gradeport_name'),
    });
    const about = client.db().collection<{ _id: string; version: number }>('gradeport');
    await about.updateOne({ _id: 'schema' }, { $set: { version: 99 } });
    expect((await ofMongo(url)).checks[1]).toMatchObject({ check: 'store schema', state: 'fail' });
  });

  test('that does not answer, or has no database in its address, fails without the password', async () => {
    for (const url of ['mongodb://u:secret@127.0.0.1:1/gp', 'mongodb://u:secret@127.0.0.1/']) {
      const { checks } = await ofMongo(url);
      expect(checks).toMatchObject([{ check: 'store', state: 'fail' }]);
      expect(JSON.stringify(checks)).not.toContain('secret');
    }
  });
});

test.each(['SQLite', 'MongoDB'])(
  '%s: what submissions hold is a warning from four fifths on',
  async (kind) => {
    const [folder, url] = [tempFolder(), server.url(freshDatabase())];
    const look = () => (kind === 'SQLite' ? of(folder) : ofMongo(url));
    const store = kind === 'SQLite' ? await tempStore(folder) : await openMongoStore(url);
    if (kind === 'MongoDB') onTestFinished(() => store.close());
    await store.users.insert(sampleUser('u1', { name: 'ada' }));
    await store.amounts.insert({ id: 'u1', bytes: 1.5 * 2 ** 30 });
    await store.amounts.insert({ id: 'gone', bytes: 2 ** 20 });
    expect((await look()).checks.at(-1)).toMatchObject({ check: 'submissions', state: 'ok' });
    await store.amounts.update({ id: 'u1' }, { $inc: { bytes: 2 ** 28 } });
    expect((await look()).checks.at(-1)).toMatchObject({
      state: 'warn',
      sentence:
        'Submissions hold 1.75 GiB of 100 GiB, and those of ada, the most of one user, 1.75 GiB of 2 GiB.',
      next: expect.stringContaining('submissions.bytesPerUser'),
    });
  },
);

test('a copy that did not end fails, and the next step is said', async () => {
  const [folder, url] = [tempFolder(), server.url(freshDatabase())];
  for (const place of [folder, url]) await leaveHalfDone(place);
  for (const { checks } of [await of(folder), await ofMongo(url)])
    expect(checks).toMatchObject([
      { check: 'store', state: 'fail', next: expect.stringContaining('abandon') },
    ]);
});
