/** The views of one open store, such as the worker's, which waits longer: they know of each other's batches. */
import { expect, onTestFinished, test } from 'vitest';
import { openMongoStore } from '../../../../server/adapters/mongo/open.ts';
import { proxyOfTest } from '../../../support/mongo/proxy.ts';
import { describeWithMongo, freshDatabase } from '../../../support/mongo/server.ts';
import { submission } from '../../../support/store/batches.ts';

await describeWithMongo('a view of a MongoDB store', (server) => {
  test('that meets a batch of another view waits for it, and does none of its steps again', async () => {
    const proxy = await proxyOfTest(server);
    const store = await openMongoStore(proxy.url(freshDatabase()));
    onTestFinished(() => store.close());
    const held = Promise.withResolvers<void>();
    let inserts = 0;
    const isRun = (body: Readonly<Record<string, unknown>>) => body['insert'] === 'runs' && ++inserts === 1;
    proxy.rule({ when: isRun, do: 'delay', after: 'request', ms: 300, onDone: held.resolve });
    const batch = store.batch(submission('x'));
    await held.promise;
    expect(await store.patient(AbortSignal.timeout(60_000)).submissions.get('x')).not.toBeNull();
    expect(await store.runs.get('run-x')).not.toBeNull();
    expect(await batch).toBe(true);
    expect(inserts).toBe(1);
  });
});
