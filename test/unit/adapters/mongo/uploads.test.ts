/** What a killed upload leaves in MongoDB goes at the next start of the server. */
import { mongo } from 'mongoose';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openMongoStore } from '../../../../server/adapters/mongo/open.ts';
import { describeWithMongo, freshDatabase } from '../../../support/mongo/server.ts';

const DAY_S = 24 * 3600;

await describeWithMongo('uploads in MongoDB', (server) => {
  test('pieces without an entry go once they are a day old, and no others', async () => {
    const url = server.url(freshDatabase());
    const first = await openMongoStore(url);
    const content = Buffer.alloc(3 * 2 ** 20, 'x');
    const key = await first.blobs.put(content);
    await first.close();
    const client = await mongo.MongoClient.connect(url);
    onTestFinished(() => client.close());
    const chunks = client.db().collection('blobs.chunks');
    const nowS = Math.floor(Date.now() / 1000);
    const idOf = (ageS: number) => mongo.ObjectId.createFromTime(nowS - ageS);
    const [old, young] = [idOf(2 * DAY_S), idOf(60)];
    for (const [n, files_id] of [old, old, young].entries())
      await chunks.insertOne({ files_id, n, data: Buffer.from('x') });
    const again = await openMongoStore(url);
    onTestFinished(() => again.close());
    await vi.waitFor(async () => expect(await chunks.countDocuments({ files_id: old })).toBe(0), {
      interval: 20,
    });
    expect(await chunks.countDocuments({ files_id: young })).toBe(1);
    expect((await again.blobs.get(key)).equals(content)).toBe(true);
  });

  test('the entry of an upload that is old counts, however old its pieces are', async () => {
    const url = server.url(freshDatabase());
    const first = await openMongoStore(url);
    const key = await first.blobs.put(Buffer.from('kept'));
    await first.close();
    // A clock that is days ahead makes all pieces old.
    const again = await openMongoStore(url, { clock: () => Date.now() + 3 * DAY_S * 1000 });
    onTestFinished(() => again.close());
    await again.settled();
    expect(String(await again.blobs.get(key))).toBe('kept');
  });
});
