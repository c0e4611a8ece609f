/** What is newer in a real registry, and what stands on it. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { BuildContext } from '../../server/environments/builds/source/build-context.ts';
import { push } from '../../server/environments/registries/push.ts';
import { readFreshness } from '../../server/environments/updates/outdated.ts';
import { readUpdatePlan, update } from '../../server/environments/updates/update.ts';
import { openRegistryHouse, type RegistryHouse } from '../support/containers/published.ts';
import { never } from '../support/containers/sharing-house.ts';
import { LOGIN, openRegistry } from '../support/registry.ts';
import { importImage } from '../support/tiny-image.ts';

const NAME = `newer-${process.pid}`;
let house: RegistryHouse;
beforeAll(async () => {
  house = await openRegistryHouse(NAME);
});
afterEach(() => house.forgetAll());
afterAll(() => house?.close());

describe('what is newer in the registry', () => {
  test('is known without pulling it, and comes with an update', async () => {
    const first = await house.publish('lua:1', house.labels, 'first');
    await house.pulling('lua:1');
    expect(await house.freshness()).toMatchObject([{ name: NAME, state: 'current' }]);
    const second = await house.publishBeside('lua:1', house.labels);
    expect(await house.freshness()).toMatchObject([
      { image: house.at('lua:1'), state: 'outdated', id: first.id },
    ]);
    const plan = await readUpdatePlan(house.sharing, [NAME], never);
    expect(plan.steps).toMatchObject([{ image: house.at('lua:1'), how: 'pull' }]);
    expect(await house.idOf(house.at('lua:1'))).toBe(first.id);
    const { done } = await update(updating(), plan);
    expect(done.length).toBe(1);
    expect(await house.idOf(house.at('lua:1'))).toBe(second);
    expect(house.announced).toContainEqual([second, { by: 'olga', from: 'update' }]);
  });

  test('of a base makes what was built on it here be built again, after it', async () => {
    await house.publish('base:1', {}, 'first');
    await house.pulling('base:1', { any: true });
    const dockerfile = `FROM ${house.at('base:1')}\nLABEL org.gradeport.grading.name=${NAME}\n`;
    const files: BuildContext = new Map([
      ['Dockerfile', { content: Buffer.from(dockerfile), executable: false }],
    ]);
    const about = { name: NAME, by: 'ada', at: new Date().toISOString(), image: house.local };
    const record = await house.sources.begin(about, files);
    const folder = house.sources.contextOf(NAME, record.version);
    const order = { folder, tag: house.local, labels: {}, network: false, limits: null };
    const { id } = await house.engine.builder.build(order, { line: () => {}, step: () => {} });
    await house.sources.end({ ...record, state: 'built', digest: id }, []);

    const next = await house.publishBeside('base:1', {});
    const plan = await readUpdatePlan(house.sharing, [NAME], never);
    expect(plan.steps.map(({ image, how }) => [image, how])).toEqual([
      [house.at('base:1'), 'pull'],
      [house.local, 'rebuild'],
    ]);
    expect(await house.idOf(house.local)).toBe(id);
    const { failed } = await update(updating(), plan);
    expect(failed).toEqual([]);
    const [layersOfBase, layers] = await Promise.all([layersOf(next), layersOf(house.local)]);
    expect(layers.slice(0, layersOfBase.length)).toEqual(layersOfBase);
    const rebuilt = await house.idOf(house.local);
    expect(rebuilt).not.toBe(id);
    await house.docker.getImage(id).remove({ force: true });
    expect(await house.sources.lastBuilt(NAME)).toMatchObject({ version: 2, by: 'olga', digest: rebuilt });
    expect(house.announced).toContainEqual([rebuilt, { by: 'olga', from: 'update' }]);
    expect((await readUpdatePlan(house.sharing, [NAME], never)).steps).toEqual([]);

    await importImage(house.at('base:1'), {}, 'by hand');
    expect((await readUpdatePlan(house.sharing, [NAME], never)).steps).toMatchObject([
      { image: house.local, how: 'rebuild', why: expect.stringContaining('an older') },
    ]);
  });

  test('cannot be known when the registry is away: it says so, and nothing fails', async () => {
    const other = await openRegistry();
    await house.credentials.save(other.host, LOGIN, null);
    await importImage(house.local, house.labels);
    await push(house.sharing, { name: house.local, reference: `${other.host}/lua:1` }, house.news, never);
    await other.close();
    const found = (await readFreshness(house.sharing)).find(({ image }) => image === `${other.host}/lua:1`);
    expect(found).toMatchObject({ state: 'unknown', reason: expect.stringContaining('cannot be reached') });
    await house.forget(other.host);
    await house.credentials.forget(other.host);
  });
});

const layersOf = async (name: string | null) =>
  (await house.sharing.images.inspect(name ?? ''))?.layers ?? [];

const updating = () => ({ deps: house.sharing, by: 'olga', news: house.news, stopped: never });
