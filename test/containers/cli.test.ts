/** The command line as people use it: real processes, real engine, exit codes and sentences. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cli } from '../support/processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('gradeport env', () => {
  test('lists every shipped environment with the promised fields', async () => {
    const { code, stdout } = await cli(['env', 'list', '--json']);
    expect(code).toBe(0);
    const list = JSON.parse(stdout) as Record<string, unknown>[];
    const names = list.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['default', 'c', 'java', 'sandbox-root']));
    for (const environment of list) {
      expect(environment).toMatchObject({
        name: expect.any(String),
        title: expect.any(String),
        image: expect.any(String),
        digest: expect.stringMatching(/^sha256:/),
        size: expect.any(Number),
        created: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        reason: expect.any(String),
        needRoot: expect.any(Boolean),
        needGpu: expect.any(Boolean),
        available: expect.any(Boolean),
      });
    }
    expect(list.find(({ name }) => name === 'sandbox-root')).toMatchObject({
      needRoot: true,
      runtime: 'runsc',
    });
  });

  test('shows one by its alias, and exits with 4 for one that is not there', async () => {
    expect((await cli(['env', 'show', 'java8', '--json'])).stdout).toContain('"name": "java"');
    const missing = await cli(['env', 'show', 'cobol']);
    expect(missing.code).toBe(4);
    expect(missing.stderr).toContain('gradeport env list');
  });
});

describe('gradeport user', () => {
  test('changes roles and removes, without touching what was not asked for', async () => {
    const at = ['--data', join(folder, 'roles')];
    await cli(['user', 'add', 'ann', '--course', 'demo', ...at]);
    const teacher = await cli([
      'user',
      'role',
      'ann',
      '--course',
      'algebra',
      '--role',
      'teacher',
      '--json',
      ...at,
    ]);
    expect(JSON.parse(teacher.stdout)).toEqual({
      name: 'ann',
      operator: false,
      roles: { demo: 'student', algebra: 'teacher' },
    });
    expect((await cli(['user', 'role', 'ann', '--operator', ...at])).stderr).toContain(
      'ann is now operator, student of demo',
    );
    expect((await cli(['user', 'remove', 'ann', ...at])).code).toBe(0);
    expect((await cli(['user', 'remove', 'ann', ...at])).code).toBe(4);
  });

  test('says where there is no installation', async () => {
    const nowhere = ['--data', join(folder, 'nowhere')];
    const { code, stderr } = await cli(['user', 'list', ...nowhere], { env: { GRADEPORT_STORE: '' } });
    expect([code, stderr]).toEqual([4, expect.stringContaining('no installation in')]);
  });

  test('adds, lists and renews, and refuses a name that is taken', async () => {
    const at = ['--data', join(folder, 'data')];
    const added = await cli(['user', 'add', 'Ann', '--course', 'demo', '--json', ...at]);
    expect(added.code, added.stderr).toBe(0);
    expect(JSON.parse(added.stdout)).toMatchObject({
      name: 'ann',
      roles: { demo: 'student' },
      password: expect.any(String),
    });
    const twice = await cli(['user', 'add', 'ann', ...at]);
    expect(twice).toMatchObject({ code: 1, stderr: expect.stringContaining('already a user "ann"') });
    const short = await cli(['user', 'add', 'bob', '--password-stdin', ...at], { stdin: 'short\n' });
    expect(short).toMatchObject({ code: 2, stderr: expect.stringContaining('at least 8 characters') });
    const list = await cli(['user', 'list', '--json', ...at]);
    expect((JSON.parse(list.stdout) as unknown[]).length).toBe(1);
    expect(list.stdout).not.toContain('argon2');
    expect((await cli(['user', 'password', 'ann', ...at])).stdout.trim().length).toBeGreaterThan(8);
    expect((await cli(['user', 'password', 'nobody', ...at])).code).toBe(4);
    expect((await cli(['user', 'email', 'ann', 'nonsense', ...at])).code).toBe(2);
    expect((await cli(['user', 'email', 'ann', 'ann@example.org', ...at])).code).toBe(0);
    expect((await cli(['user', 'email', 'ann', ...at])).stdout.trim()).toBe('ann@example.org');
  });
});
