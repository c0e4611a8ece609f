import { expect, onTestFinished, test } from 'vitest';
import { openMongoStore } from '../../../../server/adapters/mongo/open.ts';
import { freshDatabase } from '../../../support/mongo/fresh-database.ts';
import { sharedMongoServer } from '../../../support/mongo/server.ts';
import { sampleUser } from '../../../support/store/samples.ts';

const server = await sharedMongoServer();

test('a command that comes before the first start of a server finds no name free that is taken', async () => {
  const store = await openMongoStore(server.url(freshDatabase()), { lock: false });
  onTestFinished(() => store.close());
  await store.users.insert(sampleUser('u1'));
  const sameName = { ...sampleUser('u2'), name: sampleUser('u1').name };
  await expect(store.users.insert(sameName)).rejects.toMatchObject({ code: 'conflict' });
});
