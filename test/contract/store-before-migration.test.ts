/** Back to the Gradeport of before a migration, with the folder that the migration wrote. */
import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openMongoStore } from '../../server/adapters/mongo/open.ts';
import { returnToDump } from '../../server/adapters/transfer/migration/before-migration.ts';
import { readStoreRef } from '../../server/adapters/transfer/store-ref.ts';
import { SCHEMA_VERSION } from '../../server/model/schema-version.ts';
import { describeWithMongo, freshDatabase } from '../support/mongo/server.ts';
import { contentsOf, fillStore } from '../support/store/full-store.ts';
import { exclaiming } from '../support/store/migrations.ts';
import { sampleUser } from '../support/store/samples.ts';
import { tempFolder } from '../support/store/temp-folder.ts';

await describeWithMongo('before a migration', (server) => {
  const RETURN = { replace: true, progress: () => {} };

  /** A full database, as a newer Gradeport left it after its first start. */
  async function migrated() {
    const [url, backups] = [server.url(freshDatabase()), tempFolder()];
    const before = await openMongoStore(url);
    await fillStore(before);
    const contents = await contentsOf(before);
    await before.close();
    const newer = await openMongoStore(url, { schema: exclaiming(), backups });
    await newer.users.insert(sampleUser('later'));
    await newer.close();
    const [dump = ''] = readdirSync(backups).map((name) => join(backups, name));
    return { url, to: readStoreRef(url), dump, contents };
  }

  test('everything is as it was, and what came since is gone', async () => {
    const { url, to, dump, contents } = await migrated();
    await expect(openMongoStore(url)).rejects.toThrow(/newer Gradeport/);
    expect(await returnToDump(dump, to, RETURN)).toMatchObject({ version: SCHEMA_VERSION });
    const store = await openMongoStore(url);
    onTestFinished(() => store.close());
    expect(await contentsOf(store)).toEqual(contents);
    expect(await store.users.get('later')).toBe(null);
    const [known] = await store.users.find({});
    // Names are unique again, too.
    await expect(store.users.insert(sampleUser('twin', { name: known?.name ?? '' }))).rejects.toThrow();
  });

  test('a folder of several gives the newest that this version knows', async () => {
    const { url, to, dump, contents } = await migrated();
    const several = dirname(dump);
    const stamp = '2030-01-01T00-00-00-000Z';
    for (const name of [
      `mongodb-schema-${SCHEMA_VERSION}-2020${stamp.slice(4)}`,
      `mongodb-schema-${SCHEMA_VERSION + 1}-${stamp}`,
    ])
      mkdirSync(join(several, name));
    expect(await returnToDump(several, to, RETURN)).toMatchObject({ folder: dump });
    const store = await openMongoStore(url);
    onTestFinished(() => store.close());
    expect(await contentsOf(store)).toEqual(contents);
    await expect(returnToDump(tempFolder(), to, RETURN)).rejects.toThrow(
      /no migration of a MongoDB database wrote/,
    );
  });

  test('one that was cut off in the middle is refused by servers, and goes through when it runs again', async () => {
    const { url, to, dump, contents } = await migrated();
    const cut = returnToDump(dump, to, {
      ...RETURN,
      progress: (text) => {
        if (text.startsWith('runs')) throw new Error('cut off');
      },
    });
    await expect(cut).rejects.toThrow('cut off');
    await expect(openMongoStore(url, { schema: exclaiming() })).rejects.toThrow(
      /store restore --replace .* did not end/,
    );
    await returnToDump(dump, to, RETURN);
    const store = await openMongoStore(url);
    onTestFinished(() => store.close());
    expect(await contentsOf(store)).toEqual(contents);
  });

  test('nothing is replaced unasked, and not while a server runs', async () => {
    const { url, to, dump } = await migrated();
    await expect(returnToDump(dump, to, { ...RETURN, replace: false })).rejects.toThrow(/--replace/);
    const running = await openMongoStore(url, { schema: exclaiming() });
    onTestFinished(() => running.close());
    await expect(returnToDump(dump, to, RETURN)).rejects.toThrow(/in use by the server of process/);
    expect(await running.users.get('later')).not.toBe(null);
  });

  test.each<[string, (dump: string) => void, RegExp]>([
    ['without a collection', (dump) => rmSync(join(dump, 'runs.jsonl')), /it has no runs\.jsonl/],
    [
      'with a line that is no document',
      (dump) => writeFileSync(join(dump, 'users.jsonl'), 'x\n'),
      /users\.jsonl.*no document/,
    ],
    [
      'with a document of another program',
      (dump) => writeFileSync(join(dump, 'users.jsonl'), '{"a":1}\n'),
      /no document of Gradeport/,
    ],
    ['that is cut short', (dump) => appendFileSync(join(dump, 'users.jsonl'), '{"_id":'), /cut short/],
    [
      'with a collection that is not known',
      (dump) => writeFileSync(join(dump, 'later.jsonl'), '{"_id":"a"}\n'),
      /does not know the documents of later/,
    ],
    [
      'without its schema',
      (dump) => writeFileSync(join(dump, 'gradeport.jsonl'), ''),
      /does not say which schema/,
    ],
  ])('a folder %s is refused', async (_, spoil, why) => {
    const { to, dump } = await migrated();
    spoil(dump);
    await expect(returnToDump(dump, to, RETURN)).rejects.toThrow(why);
  });

  test('an older Gradeport refuses the folder of a newer one', async () => {
    const { to, dump } = await migrated();
    const older = { ...RETURN, known: SCHEMA_VERSION - 1 };
    await expect(returnToDump(dump, to, older)).rejects.toThrow(
      /documents have schema \d+, and this Gradeport knows/,
    );
  });
});
