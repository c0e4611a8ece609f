import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { effectiveSettings } from '../../../../server/cli/config/show.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-config-show-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'config.yaml');
writeFileSync(
  file,
  'port: 9000\npool: { maxIdle: 3 }\naliases: { java7: java }\nmetricsToken: this-is-very-secret\n',
);

const settings = effectiveSettings({ data: '/srv/data' }, file, {
  GRADEPORT_PORT: '9001',
  GRADEPORT_POOL__IDLE_MS: '1000',
});
const setting = (key: string) => settings.find((one) => one.key === key);

test('each setting says where its value comes from, the strongest word counts', () => {
  expect(setting('port')).toMatchObject({ value: 9001, origin: 'variable', where: 'GRADEPORT_PORT' });
  expect(setting('data')).toMatchObject({ value: '/srv/data', origin: 'option', where: '--data' });
  expect(setting('host')).toEqual({ key: 'host', value: '127.0.0.1', origin: 'default', where: null });
});

test('settings in groups are shown one by one', () => {
  expect(setting('pool.maxIdle')).toMatchObject({ value: 3, origin: 'file', where: file });
  expect(setting('pool.idleMs')).toMatchObject({ origin: 'variable', where: 'GRADEPORT_POOL__IDLE_MS' });
  expect(setting('ceilings.pids')).toMatchObject({ value: 1024, origin: 'default' });
  expect(setting('aliases')).toMatchObject({ value: { java7: 'java' }, origin: 'file' });
});

test('a secret is shown to be set, and not shown', () => {
  expect(setting('metricsToken')).toMatchObject({ value: '(set, not shown)', origin: 'file' });
  expect(JSON.stringify(settings)).not.toContain('this-is-very-secret');
  const without = effectiveSettings({}, undefined, {}).find(({ key }) => key === 'metricsToken');
  expect(without).toMatchObject({ value: null, origin: 'default' });
});

test.each(['mongodb://gradeport:s3cr3t@db:27017/gradeport', 'mongodb+srv://gradeport:s3cr3t@db/gradeport'])(
  'the address of a store is shown without its password: %s',
  (store) => {
    const told = effectiveSettings({ store }, undefined, {});
    expect(told.find(({ key }) => key === 'store')?.value).toBe(store.replace('gradeport:s3cr3t', '***'));
    expect(JSON.stringify(told)).not.toContain('s3cr3t');
  },
);

test('a wrong configuration is refused as everywhere', () => {
  expect(() => effectiveSettings({}, file, { GRADEPORT_PORT: 'x' })).toThrow(
    /GRADEPORT_PORT must be a number/,
  );
});
