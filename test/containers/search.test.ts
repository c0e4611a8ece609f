/** The engine's search, against a registry that can be searched, one that is away, and one that hangs. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { search } from '../../server/environments/registries/search.ts';
import { openSharingHouse, type SharingHouse } from '../support/containers/sharing-house.ts';
import { type FakeRegistry, openFakeRegistry } from '../support/fake-registry.ts';

let registry: FakeRegistry;
let house: SharingHouse;
beforeAll(async () => {
  registry = await openFakeRegistry();
  house = openSharingHouse({ allow: ['127.0.0.1:*/course/**'] });
});
afterAll(async () => {
  await house?.close();
  await registry?.close();
});

/** As registries answered searches from the first version of their API on. */
function answer(results: object[]): void {
  registry.on('/v1/_ping', (_, res) => {
    res
      .writeHead(200, { 'content-type': 'application/json', 'x-docker-registry-version': '0.9' })
      .end('true');
  });
  registry.on('/v1/search', (_, res) => {
    const body = { num_results: results.length, query: 'lua', results };
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
}

test('what is found says who may be trusted, and what this installation takes', async () => {
  answer([
    { name: 'course/lua', description: 'Lua\u001b[2J', star_count: 3, is_official: true },
    { name: 'somebody/lua', description: null, star_count: 0, is_automated: true },
    { name: 'not a name', description: '' },
  ]);
  const found = await search(house.sharing, `${registry.host}/lua`);
  expect(found).toMatchObject([
    { name: `${registry.host}/course/lua`, stars: 3, refused: null },
    { name: `${registry.host}/somebody/lua`, refused: expect.stringContaining('is not on') },
  ]);
  expect(found.length).toBe(2);
  // Official is what the default registry calls so, not what any registry says of itself.
  expect(found.map(({ trust }) => trust)).toEqual([['listed'], []]);
});

test('a registry that is away is named', async () => {
  const gone = await openFakeRegistry();
  await gone.close();
  await expect(search(house.sharing, `${gone.host}/lua`)).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining(gone.host),
  });
});

test('one that hangs is given up', async () => {
  registry.on('/v1/search', () => {});
  await expect(search(house.sharing, `${registry.host}/lua`, null, 500)).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('did not answer'),
  });
});

test('words are needed', async () => {
  await expect(search(house.sharing, '  ')).rejects.toMatchObject({ code: 'usage' });
});
