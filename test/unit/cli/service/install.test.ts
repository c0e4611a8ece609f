/** Order and failures of install, status and uninstall, with stand-ins for systemd's programs. */
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type InstallOptions, install } from '../../../../server/cli/service/install.ts';
import { status, uninstall } from '../../../../server/cli/service/look.ts';
import { MARK } from '../../../../server/cli/service/unit.ts';
import { type StandIns, standIns } from '../../../support/systemd/stand-ins.ts';

const PATIENCE_MS = 1200;
/** Answers as a server of Gradeport does. */
const server = createServer((_req, res) => res.end('{"ok":true,"engine":true,"store":true}'));
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));
const port = () => String((server.address() as AddressInfo).port);

let systemd: StandIns;
let out = '';
let err = '';
beforeEach(() => {
  systemd = standIns();
  [out, err] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  systemd[Symbol.dispose]();
  process.exitCode = undefined;
});

const unitFile = () => join(systemd.machine.units, 'gradeport.service');
const installIt = (options: InstallOptions = {}) =>
  install({ data: join(systemd.folder, 'data'), port: port(), ...options }, systemd.machine, PATIENCE_MS);

describe('install', () => {
  test('checks the unit before it is there, enables it, starts it and prints where the server answers', async () => {
    await installIt();
    const [, verify = '', ...rest] = systemd.calls();
    expect(verify).toMatch(/^systemd-analyze verify -- \S+\/gradeport\.service$/);
    expect(rest).toEqual([
      'systemctl daemon-reload',
      'systemctl enable -- gradeport.service',
      'systemctl reset-failed -- gradeport.service',
      'systemctl show -- gradeport.service',
      'systemctl restart --no-block -- gradeport.service',
      'systemctl show -- gradeport.service',
    ]);
    expect(out).toBe(`http://127.0.0.1:${port()}\n`);
    expect(err).toContain('journalctl -u gradeport.service -f');
    expect(readFileSync(unitFile(), 'utf8').startsWith(`${MARK}\n`)).toBe(true);
    expect(readdirSync(systemd.machine.units)).toEqual(['gradeport.service']);
  });

  test('replaces its own unit, and gives JSON', async () => {
    await installIt({ start: false });
    await installIt({ logLevel: 'info', json: true });
    expect(readFileSync(unitFile(), 'utf8')).toContain('--log-level info');
    expect(JSON.parse(out.slice(out.indexOf('{')))).toMatchObject({
      unit: 'gradeport.service',
      state: 'running',
    });
  });

  test('waits for the new server where an old one still answers', async () => {
    systemd.state('now', { ActiveState: 'active', MainPID: '42', NRestarts: '0', FragmentPath: '' });
    await expect(installIt()).rejects.toThrow('does not answer at');
  });

  test('with --no-start only enables it', async () => {
    await installIt({ start: false });
    expect(systemd.calls().filter((call) => /restart/.test(call))).toEqual([]);
    expect(err).toContain('systemctl start gradeport.service');
  });

  test('of a second installation has a unit of its own', async () => {
    await installIt({ name: 'exam', start: false });
    expect(existsSync(join(systemd.machine.units, 'gradeport-exam.service'))).toBe(true);
    await expect(installIt({ name: '../ssh' })).rejects.toThrow('--name must be small letters');
  });

  test.each([
    ['fails', { ActiveState: 'failed', SubState: 'failed', MainPID: '0', NRestarts: '0' }],
    [
      'is started again and again',
      { ActiveState: 'activating', SubState: 'auto-restart', MainPID: '0', NRestarts: '1' },
    ],
  ])('shows the journal of a server that %s, and what to do', async (_what, state) => {
    systemd.state('started', state);
    await expect(installIt()).rejects.toThrow(
      /did not start.*journalctl -u gradeport\.service.*gradeport service uninstall/s,
    );
    expect(err).toContain('the last line of the journal');
  });

  test('changes nothing where systemd refuses the unit', async () => {
    systemd.answer('systemd-analyze', 1, 'gradeport.service: bad unit file setting\nother.service: old\n');
    await expect(installIt()).rejects.toThrow(
      /nothing was changed.*\ngradeport\.service: bad unit file setting$/s,
    );
    expect(readdirSync(systemd.machine.units)).toEqual([]);
  });

  test('says what systemctl said', async () => {
    systemd.answer('systemctl', 1, 'Access denied');
    await expect(installIt()).rejects.toThrow('failed: Access denied');
  });

  test('refuses a file of secrets that others can read', async () => {
    writeFileSync(join(systemd.folder, 'gradeport.env'), 'GRADEPORT_REGISTRY_KEY=x\n', { mode: 0o644 });
    await expect(installIt()).rejects.toThrow('chmod 600');
    writeFileSync(join(systemd.folder, 'gradeport-exam.env'), 'GRADEPORT_REGISTRY_KEY=x\n', { mode: 0o600 });
    await installIt({ name: 'exam', start: false });
  });

  test('refuses a data folder that is a file, and a user that is not there', async () => {
    writeFileSync(join(systemd.folder, 'file'), '');
    await expect(installIt({ data: join(systemd.folder, 'file') })).rejects.toThrow(/data folder .* --data/);
    await expect(installIt({ user: 'no-such-user' })).rejects.toThrow('has no user no-such-user');
  });

  test('prints the unit without root and without systemd', async () => {
    const machine = { ...systemd.machine, runsSystemd: () => false, isRoot: () => false };
    await install({ data: '/srv/x', print: true }, machine);
    expect(out).toContain('\nExecStart=');
    expect(systemd.calls()).toEqual([]);
  });
});

describe('a unit that Gradeport did not write', () => {
  test.each([
    ['a file', () => writeFileSync(unitFile(), '[Service]\nExecStart=/bin/true\n')],
    ['a link', () => symlinkSync('/dev/null', unitFile())],
    ['one with the mark alone', () => writeFileSync(unitFile(), `${MARK}\n# gradeport: {}\n`)],
  ])('stays as it is: %s', async (_what, make) => {
    make();
    const before = readFileSync(unitFile(), 'utf8');
    await expect(installIt()).rejects.toThrow('was not written by Gradeport');
    await expect(status({}, systemd.machine)).rejects.toThrow('was not written by Gradeport');
    expect(() => uninstall({}, systemd.machine)).toThrow('was not written by Gradeport');
    expect(readFileSync(unitFile(), 'utf8')).toBe(before);
    expect(systemd.calls()).toEqual([]);
  });

  test('is not overridden where it is elsewhere', async () => {
    systemd.state('now', { FragmentPath: '/usr/lib/systemd/system/gradeport.service' });
    await expect(installIt()).rejects.toThrow('There is a unit gradeport.service at /usr/lib');
  });
});

describe('uninstall', () => {
  test('stops the server, removes the unit, and leaves the data', async () => {
    await installIt({ start: false });
    const before = systemd.calls().length;
    uninstall({}, systemd.machine);
    expect(systemd.calls().slice(before)).toEqual([
      'systemctl disable --now -- gradeport.service',
      'systemctl daemon-reload',
      'systemctl reset-failed -- gradeport.service',
    ]);
    expect(existsSync(unitFile())).toBe(false);
    const data = join(systemd.folder, 'data');
    expect(existsSync(data)).toBe(true);
    expect(err).toContain(`The data folder ${data} is as it was.`);
  });

  test('leaves the unit where the server cannot be stopped', async () => {
    await installIt({ start: false });
    systemd.answer('systemctl', 1, 'Connection timed out');
    expect(() => uninstall({}, systemd.machine)).toThrow('Connection timed out');
    expect(existsSync(unitFile())).toBe(true);
  });

  test('says where nothing is installed', () => {
    expect(() => uninstall({ name: 'exam' }, systemd.machine)).toThrow(
      'There is no service gradeport-exam.service.',
    );
  });
});

describe('status', () => {
  test('says whether the server answers, also by its exit code', async () => {
    await installIt();
    out = '';
    await status({ json: true }, systemd.machine);
    expect(JSON.parse(out)).toMatchObject({ active: 'active', answers: true, engine: true });
    expect(process.exitCode).toBeUndefined();
    systemd.state('now', { ActiveState: 'failed', MainPID: '0' });
    await status({}, systemd.machine);
    expect(process.exitCode).toBe(1);
    expect(err).toContain('journalctl -u gradeport.service -n 50');
  });
});

describe('where services cannot be changed', () => {
  test('the sentence says so, and what else there is', async () => {
    const machine = { ...systemd.machine, runsSystemd: () => false };
    await expect(install({}, machine)).rejects.toThrow(/^systemd does not run .* --print/);
    await expect(status({}, machine)).rejects.toThrow(/^systemd does not run/);
    const user = { ...systemd.machine, isRoot: () => false };
    await expect(install({}, user)).rejects.toThrow(/^Only root .* sudo/);
    expect(() => uninstall({}, user)).toThrow(/^Only root/);
    expect(systemd.calls()).toEqual([]);
  });
});
