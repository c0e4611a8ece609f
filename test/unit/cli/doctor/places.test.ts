/** The doctor on real folders, databases, ports and addresses, healthy and sick. */
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { dataChecks } from '../../../../server/cli/doctor/data.ts';
import { roomChecks } from '../../../../server/cli/doctor/room.ts';
import { addressCheck, portCheck } from '../../../../server/cli/doctor/web.ts';
import { canMount, smallDisk } from '../../../support/small-disk.ts';
import { tempFolder, tempStore } from '../../../support/store/temp-folder.ts';

const stateOf = (checks: readonly { check: string; state: string }[], check: string) =>
  checks.find((one) => one.check === check)?.state;

describe('the data folder', () => {
  test('that is private and can be written is fine, and stays as it was', async () => {
    const folder = tempFolder();
    const checks = await dataChecks(folder);
    expect(stateOf(checks, 'data folder')).toBe('ok');
    expect(stateOf(checks, 'data permissions')).toBe('ok');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that is not there yet is fine where it can be made', async () => {
    expect(await dataChecks(join(tempFolder(), 'a', 'b'))).toMatchObject([{ state: 'ok' }]);
  });

  test('that is a file fails', async () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    expect(await dataChecks(file)).toMatchObject([{ check: 'data folder', state: 'fail' }]);
  });

  test.each([
    [0o755, 'warn'],
    [0o777, 'fail'],
  ])('with mode %o is reported with what to do', async (mode, state) => {
    const folder = tempFolder();
    chmodSync(folder, mode);
    const checks = await dataChecks(folder);
    expect(checks.find(({ check }) => check === 'data permissions')).toMatchObject({
      state,
      next: `chmod 700 ${folder}`,
    });
  });

  test.skipIf(!canMount)('on a disk that takes nothing more fails; one in memory is warned of', async () => {
    const folder = await smallDisk('size=64k,mode=0700');
    expect(stateOf(await dataChecks(folder), 'data file system')).toBe('warn');
    writeFileSync(join(folder, 'full'), Buffer.alloc(64 * 1024));
    expect(stateOf(await dataChecks(folder), 'data folder')).toBe('fail');
  });
});

describe('room', () => {
  test.skipIf(!canMount)('for bytes and for files is looked at one by one', async () => {
    const small = await roomChecks('data', await smallDisk('size=1m,nr_inodes=100000'));
    expect([stateOf(small, 'disk (data)'), stateOf(small, 'files (data)')]).toEqual(['fail', 'ok']);
    const few = await roomChecks('data', await smallDisk('size=4g,nr_inodes=5000'));
    expect([stateOf(few, 'disk (data)'), stateOf(few, 'files (data)')]).toEqual(['ok', 'warn']);
  });
});

/** A web server on a free port; what it answers to everything. */
async function answering(body: string): Promise<{ port: number; server: Server }> {
  const server = createServer((_req, res) => res.end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { server, port: (server.address() as AddressInfo).port };
}
const HEALTHY = JSON.stringify({ ok: true, engine: true, store: true });
const web = (change: object) => ({
  host: '127.0.0.1',
  port: 0,
  publicUrl: null,
  data: tempFolder(),
  ...change,
});

describe('the port', () => {
  test('that is free is fine', async () => {
    const { port, server } = await answering('');
    await new Promise((resolve) => server.close(resolve));
    expect(await portCheck(web({ port }))).toMatchObject({ serves: false, check: { state: 'ok' } });
    expect(await portCheck(web({}))).toMatchObject({ check: { state: 'ok' } });
  });

  test('that another program has fails', async () => {
    const { port } = await answering('Hello, I am another program.');
    expect(await portCheck(web({ port }))).toMatchObject({
      serves: false,
      check: { state: 'fail', next: expect.stringContaining('--port') },
    });
  });

  test('that our own server has is fine; one with another data folder fails', async () => {
    const { port } = await answering(HEALTHY);
    const ours = web({ port });
    await tempStore(ours.data);
    expect(await portCheck(ours)).toMatchObject({
      serves: true,
      check: { state: 'ok', sentence: expect.stringContaining(`process ${process.pid}`) },
    });
    expect(await portCheck(web({ port }))).toMatchObject({ serves: false, check: { state: 'fail' } });
  });

  test('of an address that this machine does not have fails', async () => {
    const { check } = await portCheck(web({ host: '192.0.2.1', port: 8080 }));
    expect(check).toMatchObject({ state: 'fail', next: expect.stringContaining('--host') });
  });
});

describe('the address that browsers use', () => {
  test('is reported as of this machine only, or as open to others', async () => {
    expect(await addressCheck(web({}), true)).toMatchObject({ state: 'ok' });
    expect(await addressCheck(web({ host: '0.0.0.0' }), true)).toMatchObject({ state: 'warn' });
  });

  test.each([
    ['has no TLS', 'http://grade.example.org'],
    ['has a path', 'https://grade.example.org/grade'],
    ['is no web address', 'ftp://grade.example.org'],
  ])('fails when it %s', async (_, publicUrl) => {
    expect(await addressCheck(web({ publicUrl }), true)).toMatchObject({ state: 'fail' });
  });

  test('is asked: it leads here, or elsewhere, or nowhere', async () => {
    const here = await answering(HEALTHY);
    const elsewhere = await answering('Welcome to the web server!');
    const at = (port: number, scheme = 'http') =>
      addressCheck(web({ publicUrl: `${scheme}://127.0.0.1:${port}` }), true);
    expect(await at(here.port)).toMatchObject({ state: 'ok' });
    expect(await at(elsewhere.port)).toMatchObject({
      state: 'fail',
      sentence: expect.stringContaining('no Gradeport'),
    });
    expect(await at(here.port, 'https')).toMatchObject({
      state: 'fail',
      sentence: expect.stringContaining('reached'),
    });
    await new Promise((resolve) => here.server.close(resolve));
    expect(await at(here.port)).toMatchObject({
      state: 'fail',
      sentence: expect.stringContaining('reached'),
    });
  });

  test('is not asked while the server does not run', async () => {
    const check = await addressCheck(web({ publicUrl: 'https://grade.example.org' }), false);
    expect(check).toMatchObject({ state: 'skipped', next: expect.stringContaining('Start it') });
  });
});
