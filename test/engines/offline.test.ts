/** Several environments in one file, for a machine without a network. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { basesOf } from '../../server/environments/archives/bases-of.ts';
import { exportPack } from '../../server/environments/archives/export-pack.ts';
import { importPack } from '../../server/environments/archives/import-pack.ts';
import { never, openSharingHouse, type SharingHouse } from '../support/containers/sharing-house.ts';
import { cli } from '../support/processes.ts';
import { importImage } from '../support/tiny-image.ts';

const END = process.pid;
const imageOf = (name: string) => `gradeport-test/offline-${name}-${END}:latest`;
const [BASE, ONE, TWO] = [imageOf('base'), imageOf('one'), imageOf('two')];
const nameOf = (image: string) => image.replace(/^gradeport-test\/|:latest$/g, '');
let house: SharingHouse;

beforeAll(() => {
  house = openSharingHouse();
});
afterAll(() => house?.close());

/** Two environments that are built on one base. */
beforeEach(async () => {
  await importImage(BASE, {});
  for (const image of [ONE, TWO]) {
    const folder = join(house.data, nameOf(image));
    mkdirSync(folder, { recursive: true });
    const label = `LABEL org.gradeport.grading.name=${nameOf(image)}`;
    writeFileSync(join(folder, 'Dockerfile'), `FROM ${BASE}\n${label}\nCOPY Dockerfile /about\n`);
    const how = { folder, tag: image, labels: {}, network: false, limits: null };
    await house.engine.builder.build(how, { line: () => {}, step: () => {} });
  }
});
const forget = async () => {
  for (const name of [ONE, TWO, BASE]) await house.forget(name);
  for (const name of [ONE, TWO]) await house.forget(`gradeport-revision/${nameOf(name)}`);
};
afterEach(forget);

let count = 0;
async function exported(): Promise<string> {
  count += 1;
  const file = join(house.data, `pack-${count}.tar`);
  const names = [...(await basesOf(house.sharing.images, [ONE, TWO])), nameOf(ONE), nameOf(TWO)];
  const request = { names, packages: null, file, by: 'olga', gradeport: '9.9.9', at: new Date() };
  await exportPack(house.sharing, request, house.news, never);
  return file;
}

async function importing(file: string) {
  count += 1;
  const folder = join(house.data, `import-${count}`);
  mkdirSync(folder);
  const { images } = await importPack(house.sharing, { file, folder, by: 'otto' }, house.news, never);
  expect(readdirSync(folder)).toEqual([]);
  return images.map(({ image, state }) => [image, state]);
}

describe('several environments in one file', () => {
  test('arrive with the base that they are built on, each the same as it was', async () => {
    const ids = await Promise.all([BASE, ONE, TWO].map(house.idOf));
    const file = await exported();
    expect(readdirSync(house.data).filter((name) => name.startsWith('pack-'))).toEqual([
      file.split('/').at(-1),
    ]);
    await forget();
    expect(await importing(file)).toEqual([BASE, ONE, TWO].map((image) => [image, 'imported']));
    expect(await Promise.all([BASE, ONE, TWO].map(house.idOf))).toEqual(ids);
    expect(await house.sharing.find(nameOf(TWO))).toMatchObject({ image: TWO });
    expect(await importing(file)).toEqual([BASE, ONE, TWO].map((image) => [image, 'already']));
  });

  test('one whose name another image has is refused with the reason, and the others arrive', async () => {
    const file = await exported();
    await forget();
    await importImage(ONE, { 'org.gradeport.grading.name': 'other' });
    expect(await importing(file)).toEqual([
      [BASE, 'imported'],
      [ONE, 'refused'],
      [TWO, 'imported'],
    ]);
  });

  test('nothing arrives from a file of which a byte is another', async () => {
    const file = await exported();
    await forget();
    const bytes = readFileSync(file);
    bytes.write('About', bytes.lastIndexOf('about'));
    writeFileSync(file, bytes);
    await expect(importing(file)).rejects.toThrow(/missing, was changed or is damaged/);
    expect(await Promise.all([BASE, ONE, TWO].map(house.idOf))).toEqual([null, null, null]);
  });
});

test('the command line carries them, and says what it did', async () => {
  const file = join(house.data, 'by-hand.tar');
  const out = await cli(['env', 'export', nameOf(ONE), nameOf(TWO), file]);
  expect(out.code, out.stderr).toBe(0);
  expect(out.stdout).toBe(`${file}\n`);
  expect(out.stderr).toMatch(/3 images, [\d.]+ KiB\.\n.*env import/);
  await forget();
  await importImage(ONE, { 'org.gradeport.grading.name': 'other' });
  const back = await cli(['env', 'import', file, '--data', house.data]);
  expect(back.stdout).toBe(`${BASE}: imported\n${ONE}: not imported\n${TWO}: imported\n`);
  expect(back.stderr).toContain(`${ONE} is another image here already: the environment "other".`);
  expect(back.code).toBe(1);
  const wrong = await cli(['env', 'import', file, '--tag', 'x']);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('for a file of one') });
});
