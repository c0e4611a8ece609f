/** An image's Python compiles our code, and whatever else a hostile image gives as the result. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import tar from 'tar-stream';
import { afterAll, expect, test } from 'vitest';
import { PROJECT_FOLDER } from '../../../../server/config/config.ts';
import { createCompiledApi } from '../../../../server/execution/slots/compiled-api.ts';
import type { ContainerSpec } from '../../../../server/ports/engine/containers.ts';
import { fakeContainers } from '../../../support/engine-ports.ts';
import { placeOf } from '../../../support/stand-ins.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-compiled-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Entry = { name: string; type?: tar.Header['type']; mode?: number; linkname?: string; content?: string };

async function archiveOf(entries: readonly Entry[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { content = '', ...header } of entries) pack.entry(header, content);
  pack.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of pack) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** An image that prints these bytes when it is asked to compile. */
function imageThat(prints: Buffer, place: string, exitCode = 0) {
  const started: ContainerSpec[] = [];
  const containers = fakeContainers({
    way: async () => ({ name: 'local', reason: '', volumes: null, users: null }),
    async start(spec, output) {
      started.push(spec);
      for (let at = 0; at < prints.length; at += 2 ** 20) output.stdout(prints.subarray(at, at + 2 ** 20));
      return {
        id: 'c1',
        write: () => {},
        ended: Promise.resolve({ exitCode, outOfMemory: false }),
        usage: async () => null,
        uncounted: [],
        halt: async () => false,
        remove: async () => {},
      };
    },
  });
  const installation = { instance: 'test', apiFolder: join(PROJECT_FOLDER, 'grading-api') };
  const log = pino({ level: 'silent' });
  return { api: createCompiledApi({ containers, installation, log }, place), started };
}

const DIGEST = placeOf('x').environment.digest;
const filesOf = (source: unknown) =>
  typeof source === 'string' ? readdirSync(source, { recursive: true }).map(String).sort() : null;

test('compiled modules are kept, and only they', async () => {
  const archive = await archiveOf([
    { name: 'opt', type: 'directory' },
    { name: 'opt/agent/loop.cpython-311.pyc', content: 'compiled', mode: 0o6777 },
    { name: 'opt/agent/shell', content: 'no module', mode: 0o6777 },
    { name: '../../outside.pyc', content: 'x' },
    { name: '/absolute.pyc', content: 'x' },
    { name: 'a/../b.pyc', content: 'x' },
    { name: 'link.pyc', type: 'symlink', linkname: '/etc/passwd' },
    { name: 'link', type: 'symlink', linkname: '/tmp' },
    { name: 'pipe.pyc', type: 'fifo' },
    { name: `${'deep/'.repeat(17)}x.pyc`, content: 'x' },
    { name: 'line\nbreak.pyc', content: 'x' },
  ]);
  const place = join(folder, 'mixed');
  const { api, started } = imageThat(archive, place);
  await api.prepare(placeOf('x'));
  const source = api.sourceOf(DIGEST);
  expect(filesOf(source)).toEqual(['opt', 'opt/agent', 'opt/agent/loop.cpython-311.pyc']);
  const file = join(String(source), 'opt/agent/loop.cpython-311.pyc');
  expect(readFileSync(file, 'utf8')).toBe('compiled');
  expect(statSync(file).mode & 0o7777).toBe(0o644);
  expect(readdirSync(folder)).toEqual(['mixed']);
  // The container has nothing of this machine to write to.
  expect(started.flatMap(({ policy }) => policy.mounts).every(({ readOnly }) => readOnly)).toBe(true);
});

/** A PAX header gives the next file another name and size than its own header says. */
async function withLongName(path: string): Promise<Buffer> {
  const record = (key: string, value: string) => {
    const rest = ` ${key}=${value}\n`;
    return `${rest.length + String(rest.length + 2).length}${rest}`;
  };
  const pax = record('path', path) + record('size', '9007199254740993');
  const archive = await archiveOf([
    { name: 'PaxHeader', content: pax },
    { name: 'm.pyc', content: 'x' },
  ]);
  archive[156] = 'x'.charCodeAt(0);
  return sealed(archive);
}

/** The checksum of the first header, after it was changed. */
function sealed(archive: Buffer): Buffer {
  archive.fill(' ', 148, 156);
  const sum = archive.subarray(0, 512).reduce((all, byte) => all + byte, 0);
  archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return archive;
}

test.each([
  ['more bytes than may be', () => Promise.resolve(Buffer.alloc(40 * 2 ** 20, 'x'))],
  [
    'more files than may be',
    () => archiveOf(Array.from({ length: 1001 }, (_, at) => ({ name: `m${at}.pyc`, content: '' }))),
  ],
  ['one file twice', () => archiveOf(['a', 'b'].map((content) => ({ name: 'm.pyc', content })))],
  [
    'a file as the folder of another',
    () => archiveOf(['m.pyc', 'm.pyc/n.pyc'].map((name) => ({ name, content: 'x' }))),
  ],
  [
    'an archive that breaks off within a file',
    async () => (await archiveOf([{ name: 'm.pyc', content: 'x'.repeat(5000) }])).subarray(0, 2000),
  ],
  ['names and a size that headers of their own claim', () => withLongName('../../outside.pyc')],
  ['no modules', () => archiveOf([{ name: 'shell', content: 'x' }])],
  ['nothing', () => Promise.resolve(Buffer.alloc(0))],
  ['no archive', () => Promise.resolve(Buffer.from('hello '.repeat(1000)))],
])('an image that gives %s is graded without a compiled API, and nothing of it stays', async (what, make) => {
  const place = join(folder, what.replaceAll(' ', '-'));
  const { api } = imageThat(await make(), place);
  await api.prepare(placeOf('x'));
  expect(api.sourceOf(DIGEST)).toBeNull();
  expect(readdirSync(place)).toEqual([]);
});

test('a program that fails gives nothing, whatever it printed', async () => {
  const place = join(folder, 'failed');
  const { api } = imageThat(await archiveOf([{ name: 'm.pyc', content: 'x' }]), place, 1);
  await api.prepare(placeOf('x'));
  expect(api.sourceOf(DIGEST)).toBeNull();
  expect(readdirSync(place)).toEqual([]);
});

/** A tree of 80,000 characters, as an image of an earlier version could leave it. */
function makeDeep(top: string): void {
  mkdirSync(top, { recursive: true });
  const script =
    'import os,sys\nos.chdir(sys.argv[1])\nfor _ in range(400):\n os.mkdir("d"*200); os.chdir("d"*200)';
  execFileSync('python3', ['-c', script, top]);
}

test('a tree that is too deep for a path is removed, and the next compilation works', async () => {
  const place = join(folder, 'deep');
  const old = join(place, 'sha256-old');
  makeDeep(old);
  writeFileSync(join(old, 'shell'), 'x');
  chmodSync(join(old, 'shell'), 0o6755);
  const { api } = imageThat(await archiveOf([{ name: 'm.pyc', content: 'x' }]), place);
  await api.prepare(placeOf('x'));
  expect(filesOf(api.sourceOf(DIGEST))).toEqual(['m.pyc']);
  expect(existsSync(old)).toBe(false);
});

test('the same tree is removed when the server closes at once', async () => {
  const place = join(folder, 'closed');
  makeDeep(place);
  const { api } = imageThat(Buffer.alloc(0), place);
  await api.close();
  expect(readdirSync(place)).toEqual([]);
});
