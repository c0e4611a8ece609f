import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type UnitPlan, unitText } from '../../../../server/cli/service/unit.ts';
import { HOSTILE_PATHS } from '../../../support/systemd/hostile-paths.ts';

const plan: UnitPlan = {
  unit: 'gradeport.service',
  node: process.execPath,
  args: ['/opt/gradeport/bin/gradeport.mjs', 'serve', '--data', '/srv/gradeport'],
  folder: '/opt/gradeport',
  data: '/srv/gradeport',
  address: 'http://127.0.0.1:8080',
  variables: {},
  environmentFile: '/etc/gradeport/gradeport.env',
  user: null,
  writable: ['/srv/courses'],
  port: 8080,
  engineUnits: ['docker.service'],
};
const asUser = (user = { name: 'nobody', group: null as string | null }): UnitPlan => ({ ...plan, user });
const linesOf = (of: UnitPlan) => unitText(of).split('\n');

describe('the unit of root', () => {
  const lines = linesOf(plan);

  test('has no mounts of its own and no filter of system calls, which containers would inherit', () => {
    const settings = lines.filter((line) => !line.startsWith('#')).join('\n');
    expect(settings).not.toMatch(
      /^(Protect|Private|ReadWrite|ReadOnly|Inaccessible|Restrict[^P]|SystemCall|NoNew|Capab|Lock|MemoryDeny|UMask)/m,
    );
    expect(lines).toContain('Delegate=yes');
    expect(lines.filter((line) => line.startsWith('User='))).toEqual([]);
  });

  test('hears only the server, which root can speak for', () => {
    expect(lines).toContain('Type=notify');
    expect(lines).toContain('NotifyAccess=main');
  });

  test('wants the engine of this machine, and none where it is another one', () => {
    expect(lines).toContain('Wants=network-online.target docker.service');
    expect(linesOf({ ...plan, engineUnits: [] })).toContain('Wants=network-online.target');
  });
});

describe('the unit of a user', () => {
  test('is confined, and may write its data, its courses and nothing else', () => {
    const lines = linesOf(asUser());
    for (const line of [
      'User=nobody',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'PrivateTmp=yes',
      'CapabilityBoundingSet=',
    ])
      expect(lines).toContain(line);
    const writable = lines.filter((line) => line.startsWith('ReadWritePaths='));
    expect(writable).toEqual(['ReadWritePaths=/srv/gradeport', 'ReadWritePaths=-/srv/courses']);
    expect(lines.filter((line) => line.startsWith('Group='))).toEqual([]);
  });

  test('has the group that was asked for', () => {
    expect(linesOf(asUser({ name: 'nobody', group: 'docker' }))).toContain('Group=docker');
  });

  test('keeps the right to open a low port where it needs one', () => {
    const lines = linesOf({ ...asUser(), port: 80 });
    expect(lines).toContain('CapabilityBoundingSet=CAP_NET_BIND_SERVICE');
    expect(lines).toContain('AmbientCapabilities=CAP_NET_BIND_SERVICE');
  });

  test.each(['/tmp/data', '/var/tmp/data'])(
    'sees the temporary folder of the machine where its data is in %s',
    (data) => {
      expect(linesOf({ ...asUser(), data })).not.toContain('PrivateTmp=yes');
      expect(linesOf({ ...asUser(), data: '/srv/tmp' })).toContain('PrivateTmp=yes');
    },
  );
});

const found = spawnSync('systemd-analyze', ['--version']);
const isHere = found.status === 0;
if (!isHere) console.log('There is no systemd-analyze here: what it says of units is not tried.');

describe.skipIf(!isHere)('systemd itself', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gradeport-units-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What systemd-analyze says, and how it read the unit. */
  function verify(of: UnitPlan): { status: number | null; said: string; read(name: string): string[] } {
    const file = join(folder, of.unit);
    writeFileSync(file, `${unitText(of)}\n`);
    const ask = (level: string) =>
      spawnSync('systemd-analyze', ['verify', file], {
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
        env: { ...process.env, SYSTEMD_LOG_LEVEL: level, SYSTEMD_COLORS: '0', LC_ALL: 'C.UTF-8' },
      });
    const { status, stdout, stderr } = ask('warning');
    const about = `${stdout}${stderr}`.split('\n').filter((line) => line.includes(of.unit));
    const { stdout: dump } = ask('debug');
    const [, own = ''] = dump.split(`-> Unit ${of.unit}:\n`);
    const [part = ''] = own.split('\n\t-> Unit ');
    return {
      status,
      said: about.join('\n'),
      read: (name) =>
        part.split('\n').flatMap((line) => {
          const [, value] = line.split(new RegExp(`^\\t+${name}: `));
          return value === undefined ? [] : [value];
        }),
    };
  }

  test.each([
    ['root', plan],
    ['a user', { ...asUser({ name: 'nobody', group: 'nogroup' }), port: 443 }],
  ])('takes the unit of %s without a warning', (_of, one) => {
    const { status, said, read } = verify(one);
    expect({ status, said }).toEqual({ status: 0, said: '' });
    expect(read('Type')).toEqual(['notify']);
    expect(read('Restart')).toEqual(['on-failure']);
    expect(read('TimeoutStopSec')).toEqual(['1min']);
    expect(read('WatchdogSec')).toEqual(['2min']);
  });

  test.each(HOSTILE_PATHS)('reads %j as it is meant', (path) => {
    const args = ['bin/gradeport.mjs', 'serve', '--data', path, '--courses', path];
    const hostile = {
      ...asUser(),
      args,
      folder: path,
      data: path,
      writable: [path],
      variables: { GRADEPORT_X: path },
    };
    const { status, said, read } = verify(hostile);
    expect({ status, said }).toEqual({ status: 0, said: '' });
    // A slash that ends a folder is dropped when systemd reads it.
    expect(read('WorkingDirectory')).toEqual([path]);
    expect(read('ReadWritePaths')).toEqual([`${path} -${path}`]);
    expect(read('Environment')).toEqual([`GRADEPORT_X=${path}`]);
    expect(read('Command Line').map(wordsOf)).toEqual([[process.execPath, ...args]]);
  });

  test('finds that a program is missing', () => {
    const { status, said } = verify({ ...plan, node: '/nowhere/node' });
    expect(status).not.toBe(0);
    expect(said).toContain('/nowhere/node');
  });
});

/** A command line as systemd prints it: words between blanks, quotes, C's escapes; "$$" is left as the unit has it. */
function wordsOf(line: string): string[] {
  const words = line.match(/"(?:[^"\\]|\\.)*"|[^ "]+/g) ?? [];
  return words.map((one) =>
    one
      .replace(/^"(.*)"$/s, '$1')
      .replace(/\\(.)/gs, '$1')
      .replaceAll('$$', () => '$'),
  );
}
