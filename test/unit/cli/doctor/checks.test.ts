/** What the doctor concludes: each check with a sign of sickness, and what it says to do. */
import { describe, expect, test } from 'vitest';
import { refuseOldEngine } from '../../../../server/adapters/docker/least-api.ts';
import { clockCheck } from '../../../../server/cli/doctor/clock.ts';
import { fileSystemCheck } from '../../../../server/cli/doctor/data.ts';
import { engineChecks } from '../../../../server/cli/doctor/engine.ts';
import { environmentChecks, gpuCheck, judgeImages } from '../../../../server/cli/doctor/images.ts';
import { isolationChecks, wayCheck } from '../../../../server/cli/doctor/way.ts';
import { loadConfig } from '../../../../server/config/config.ts';
import type { Planned } from '../../../../server/environments/builds/bases/shipped-environments.ts';
import type { EngineInfo } from '../../../../server/ports/engine/containers.ts';
import { GradeportError } from '../../../../server/rules/errors.ts';
import { WAYS, type WayName } from '../../../../server/rules/ways.ts';
import type { FoundWeakness } from '../../../../server/rules/weaknesses.ts';
import { listed } from '../../../support/environments/listed.ts';

const config = loadConfig({}, undefined, {});
const healthy: EngineInfo = {
  id: 'HEAL:THY',
  name: 'docker 20.10.24',
  apiVersion: '1.41',
  runtimes: ['runc'],
  cgroupVersion: '2',
  cgroupDriver: 'systemd',
  storageDriver: 'overlay2',
  folder: '/var/lib/docker',
  clockMs: 0,
  warnings: [],
  cpus: 4,
  memoryBytes: 2 ** 33,
};
const states = (info: Partial<EngineInfo>) =>
  Object.fromEntries(engineChecks({ ...healthy, ...info }).map(({ check, state }) => [check, state]));

describe('the engine', () => {
  test('of today is fine', () => {
    expect(new Set(Object.values(states({})))).toEqual(new Set(['ok']));
    expect(states({ apiVersion: '2.0' })['engine API']).toBe('ok');
  });

  test('that is too old is refused, whatever asks it', () => {
    for (const apiVersion of ['1.40', '1.9', '0.99']) {
      expect(() => refuseOldEngine({ name: 'docker 19.03.15', apiVersion })).toThrow(
        `The container engine is too old: docker 19.03.15 speaks API ${apiVersion}; 1.41 is needed.`,
      );
    }
    for (const apiVersion of ['1.41', '1.100', '2.0']) refuseOldEngine({ name: 'docker', apiVersion });
  });

  test('without cgroups fails, because no limit holds', () => {
    expect(states({ cgroupDriver: 'none' })['cgroups']).toBe('fail');
  });

  test('that copies images, or says that limits do not hold, is warned of', () => {
    expect(states({ storageDriver: 'vfs' })['storage driver']).toBe('warn');
    expect(states({ warnings: ['No swap limit support'] })['engine limits']).toBe('warn');
    expect(states({ warnings: ['bridge-nf-call-iptables is disabled'] })['engine limits']).toBeUndefined();
  });
});

describe('the clock', () => {
  const nowMs = Date.parse('2026-11-20T10:00:00Z');
  const at = (engineMs: number | null, pastMs: number) => clockCheck({ nowMs, engineMs, pastMs: [pastMs] });

  test('is right when nothing speaks against it', () => {
    expect(at(nowMs + 200, nowMs - 1000)).toMatchObject({ state: 'ok' });
    expect(at(null, nowMs - 1000).sentence).not.toContain('engine');
  });

  test('fails when it was later before, and warns when the engine has another one', () => {
    expect(at(nowMs, nowMs + 60_000)).toMatchObject({
      state: 'fail',
      next: expect.stringContaining('chrony'),
    });
    expect(at(nowMs - 60_000, nowMs)).toMatchObject({
      state: 'warn',
      sentence: expect.stringContaining('60 s'),
    });
  });
});

describe('the data folder', () => {
  test.each([
    [0xef53, 'ok'],
    [0x01021994, 'warn'],
    [0x794c7630, 'warn'],
    [0x6969, 'fail'],
    [0xfe534d42, 'fail'],
  ])('on a file system of type %i is %s', (type, state) => {
    expect(fileSystemCheck(type).state).toBe(state);
  });
});

describe('the way in which containers are started', () => {
  test('is named with its reason; one that is asked for and does not work is a failure', async () => {
    const way = async () => ({ name: 'portable' as const, reason: 'no root', volumes: null, users: null });
    expect(await wayCheck({ way })).toMatchObject({
      state: 'ok',
      sentence: expect.stringMatching(/^portable: .*\(no root\)\.$/),
    });
    const refuse = async () => Promise.reject(new GradeportError('conflict', 'It does not work here.'));
    expect(await wayCheck({ way: refuse })).toMatchObject({
      state: 'fail',
      sentence: 'It does not work here.',
    });
  });

  const NUMBERS = { first: 70_000, slots: 10 };
  test('has its own list of what stays open, and what the machine does not give is a warning', () => {
    const shown = (way: WayName, found: FoundWeakness[] = []) =>
      isolationChecks(way, found, NUMBERS).map(({ check, state }) => [check, state]);
    const fine = [
      ['users of slots', 'ok'],
      ['links of students', 'ok'],
    ];
    for (const way of WAYS) expect(shown(way)).toEqual(fine);
    expect(isolationChecks('direct', [], NUMBERS)[0]?.sentence).not.toContain('Open');
    for (const way of ['local', 'portable'] as const)
      expect(isolationChecks(way, [], NUMBERS)[0]?.sentence).toContain('Open on this way');
    expect(isolationChecks('direct', [], NUMBERS)[0]?.sentence).toContain('70000 to 70019 (slotUsers)');
    const both: FoundWeakness[] = [
      { kind: 'slot-users', why: 'It gives no user namespace.' },
      { kind: 'links', why: 'mount: bad option.' },
    ];
    const [users, links] = isolationChecks('direct', both, NUMBERS);
    expect(users).toMatchObject({ state: 'warn', sentence: 'It gives no user namespace.' });
    expect(users?.next).toContain('max_user_namespaces');
    expect(links).toMatchObject({ state: 'warn', next: expect.stringContaining('5.10') });
  });
});

const image = (name: string, labels: Record<string, string> = {}) => ({
  id: `sha256:${name}`,
  tags: [`${name}:latest`],
  labels: { 'org.gradeport.grading.name': name, ...labels },
  size: 1,
  created: 0,
});
const GPU = { 'org.gradeport.grading.need_gpu': '1' };

describe('environments', () => {
  const check = (...images: ReturnType<typeof image>[]) =>
    environmentChecks(listed(images), config).map(({ check, state }) => [check, state]);

  test('are fine when all can grade, and that for tasks that name none is among them', () => {
    expect(check(image('default'))).toEqual([
      ['environments', 'ok'],
      ['defaultCpu', 'ok'],
    ]);
  });

  test('fail when none can, and warn of one that cannot', () => {
    expect(check()).toEqual([
      ['environments', 'fail'],
      ['defaultCpu', 'fail'],
    ]);
    expect(check(image('default'), image('cuda', GPU))[0]).toEqual(['environments', 'warn']);
  });

  test('are fine while an update is held back and the one before grades', () => {
    const [grades] = listed([image('default')]);
    const update = { available: false, runtime: null, digest: 'sha256:new' };
    const states = (held: object) =>
      grades && environmentChecks([grades, { ...grades, ...update, ...held }], config)[0]?.state;
    expect(states({ revision: 'held' })).toBe('ok');
    expect(states({})).toBe('warn');
  });

  test('fail when the one for tasks with a GPU is not there', () => {
    const list = listed([image('default')]);
    const checks = environmentChecks(list, { ...config, defaultGpu: 'cuda' });
    expect(checks.find((one) => one.check === 'defaultGpu')).toMatchObject({
      state: 'fail',
      sentence: expect.stringContaining('"cuda"'),
    });
  });
});

describe('images that come with Gradeport', () => {
  const planned = (name: string, state: Planned['state']): Planned => ({
    recipe: { name, folder: '', base: '', hash: '' },
    image: name,
    whole: '',
    state,
  });

  test('that a first start makes must be there; others need not', () => {
    expect(judgeImages([planned('base', 'current'), planned('cpp', 'missing')]).state).toBe('ok');
    expect(judgeImages([planned('base', 'current'), planned('c', 'missing')])).toMatchObject({
      state: 'warn',
      next: 'gradeport env build c',
    });
  });

  test('that are older than their Dockerfiles are named with the command that builds them', () => {
    expect(judgeImages([planned('cpp', 'stale'), planned('base', 'current')])).toMatchObject({
      state: 'warn',
      next: 'gradeport env build cpp',
    });
  });
});

describe('a GPU', () => {
  const list = listed([image('cuda', GPU)]);

  test('is missed only by those that need it', () => {
    expect(gpuCheck([], ['runc'], {}, false).state).toBe('skipped');
    expect(gpuCheck(list, ['runc'], {}, false)).toMatchObject({
      state: 'fail',
      sentence: expect.stringContaining('cuda'),
    });
  });

  test('needs both a device and a runtime', () => {
    expect(gpuCheck(list, ['nvidia'], {}, true).state).toBe('ok');
    expect(gpuCheck(list, ['nvidia'], {}, false).state).toBe('warn');
    expect(gpuCheck([], ['runc'], {}, true).state).toBe('warn');
  });
});
