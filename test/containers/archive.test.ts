/** An environment in a file: out of one engine, and into one that does not have it. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { exportToFile } from '../../server/environments/archives/export.ts';
import { importFromFile } from '../../server/environments/archives/import.ts';
import { readSampleFiles } from '../../server/environments/archives/samples-files.ts';
import { never, openSharingHouse, type SharingHouse } from '../support/containers/sharing-house.ts';
import { cli } from '../support/processes.ts';
import { canMount, smallDisk } from '../support/small-disk.ts';
import { importImage } from '../support/tiny-image.ts';

const NAME = `carried-${process.pid}`;
const IMAGE = `gradeport-test/${NAME}:latest`;
const labels = { 'org.gradeport.grading.name': NAME, 'org.gradeport.grading.title': 'Carried' };
const AT = new Date('2026-11-20T10:00:00.000Z');
let house: SharingHouse;
let folder: string;
beforeAll(() => {
  house = openSharingHouse();
  folder = join(house.data, 'samples');
  mkdirSync(join(folder, 'hello/samples'), { recursive: true });
  writeFileSync(join(folder, 'hello/task.yaml'), 'name: Hello\n');
  writeFileSync(join(folder, 'hello/samples/right.yaml'), 'input: { q: 1 }\n');
});
afterEach(async () => {
  for (const place of ['gradeport-test', 'gradeport-revision']) await house.forget(`${place}/${NAME}`);
});
afterAll(() => house?.close());

let count = 0;
async function exported(name = NAME): Promise<string> {
  count += 1;
  const file = join(house.data, `${count}.tar`);
  const samples = await readSampleFiles(folder);
  const request = { name, file, samples, by: 'olga', gradeport: '0.1.0', at: AT };
  await exportToFile(house.sharing, request, house.news, never);
  return file;
}
const importing = (file: string, tag: string | null = null, any = false, deps = house.sharing) =>
  importFromFile(deps, { file, tag, any, by: 'otto' }, house.news, never);

describe('an environment in a file', () => {
  test('is the same on an engine that never had it, with its samples and where it is from', async () => {
    await importImage(IMAGE, labels);
    const id = await house.idOf(IMAGE);
    const file = await exported();
    await house.forget(IMAGE);
    expect(await house.sharing.images.inspect(id ?? '')).toBeNull();
    const imported = await importing(file);
    expect(imported).toMatchObject({
      image: IMAGE,
      digest: id,
      environment: { name: NAME },
      provenance: { by: 'olga', at: AT.toISOString(), from: null, gradeport: '0.1.0' },
    });
    expect([...imported.samples.keys()]).toEqual([
      'samples/hello/samples/right.yaml',
      'samples/hello/task.yaml',
    ]);
    expect(await house.sharing.find(NAME)).toMatchObject({ digest: id, image: IMAGE });
    expect(house.announced).toContainEqual([id, { by: 'otto', from: 'import' }]);
  });

  test('leaves nothing beside the file, and overwrites none', async () => {
    await importImage(IMAGE, labels);
    const file = await exported();
    const name = file.split('/').at(-1) ?? '';
    expect(readdirSync(house.data).filter((one) => one.startsWith(name))).toEqual([name]);
    const samples = new Map();
    const again = { name: NAME, file, samples, by: null, gradeport: '0.1.0', at: AT };
    await expect(exportToFile(house.sharing, again, house.news, never)).rejects.toThrow('there already');
  });

  test('that is stopped in the middle leaves no file', async () => {
    await importImage(IMAGE, labels);
    const file = join(house.data, 'stopped.tar');
    const stop = new AbortController();
    const news = { line: () => {}, progress: () => stop.abort() };
    const request = { name: NAME, file, samples: new Map(), by: null, gradeport: '0.1.0', at: AT };
    await expect(exportToFile(house.sharing, request, news, stop.signal)).rejects.toThrow();
    expect(readdirSync(house.data).filter((one) => one.startsWith('stopped.tar'))).toEqual([]);
  });

  test.skipIf(!canMount)('that does not fit its disk says so, and leaves nothing of it', async () => {
    await importImage(IMAGE, labels, randomBytes(3_000_000));
    const disk = await smallDisk('size=2m');
    const file = join(disk, 'large.tar');
    const request = { name: NAME, file, samples: new Map(), by: null, gradeport: '0.1.0', at: AT };
    await expect(exportToFile(house.sharing, request, house.news, never)).rejects.toMatchObject({
      code: 'no-space',
      message: expect.stringContaining(file),
    });
    expect(readdirSync(disk)).toEqual([]);
  });

  test('of which one byte is another brings nothing in', async () => {
    await importImage(IMAGE, labels);
    const file = await exported();
    await house.forget(IMAGE);
    const bytes = readFileSync(file);
    // The last one is the name of a file in a layer.
    expect(bytes.lastIndexOf('hello')).toBeGreaterThan(bytes.lastIndexOf('image.tar'));
    bytes.write('jello', bytes.lastIndexOf('hello'));
    writeFileSync(file, bytes);
    await expect(importing(file)).rejects.toThrow('was changed or is damaged');
    expect(await house.idOf(IMAGE)).toBeNull();
  });

  test('gets another name where it is asked for, and takes none that another one has', async () => {
    await importImage(IMAGE, labels);
    const id = await house.idOf(IMAGE);
    const file = await exported();
    await house.forget(IMAGE);
    await importImage(IMAGE, { 'org.gradeport.grading.name': `${NAME}-other` });
    await expect(importing(file)).rejects.toThrow(`the environment "${NAME}-other"`);
    const other = `gradeport-test/${NAME}-moved:2`;
    expect((await importing(file, other)).image).toBe(other);
    expect(await house.idOf(other)).toBe(id);
    expect(await house.idOf(IMAGE)).not.toBe(id);
  });

  test('that is no environment is taken only when somebody says so', async () => {
    await importImage(IMAGE, {});
    const file = await exported(IMAGE);
    await house.forget(IMAGE);
    await expect(importing(file)).rejects.toThrow('has no label');
    expect((await importing(file, null, true)).environment).toBeNull();
  });

  test('must be on the list of the operator', async () => {
    await importImage(IMAGE, labels);
    const file = await exported();
    const strict = openSharingHouse({ allow: ['r.example.org/**'] });
    try {
      await expect(importing(file, null, false, strict.sharing)).rejects.toMatchObject({ code: 'denied' });
    } finally {
      await strict.close();
    }
  });
});

test('the command line carries it, with its samples', async () => {
  await importImage(IMAGE, labels);
  const id = await house.idOf(IMAGE);
  const file = join(house.data, 'by-hand.tar');
  const out = await cli(['env', 'export', NAME, file, '--samples', folder]);
  expect(out.code, out.stderr).toBe(0);
  expect(out.stdout).toBe(`${file}\n`);
  await house.forget(IMAGE);
  const target = join(house.data, 'taken-out');
  const back = await cli(['env', 'import', file, '--samples', target, '--json', '--data', house.data]);
  expect(back.code, back.stderr).toBe(0);
  expect(JSON.parse(back.stdout)).toMatchObject({ image: IMAGE, digest: id, name: NAME });
  expect(readFileSync(join(target, 'hello/task.yaml'), 'utf8')).toBe('name: Hello\n');
  expect(existsSync(join(target, 'hello/samples/right.yaml'))).toBe(true);
  const missing = await cli(['env', 'import', join(house.data, 'none.tar')]);
  expect(missing.code).toBe(4);
});
