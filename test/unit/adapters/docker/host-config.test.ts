/** What a container of ours may do, read from the request that we send to the engine. */
import { describe, expect, test } from 'vitest';
import { createOptions, hostConfig } from '../../../../server/adapters/docker/host-config.ts';
import type { ContainerSpec } from '../../../../server/ports/engine.ts';
import { defaultLimits } from '../../../../server/rules/limits.ts';

const MIB = 2 ** 20;
const spec = (change: Partial<ContainerSpec> = {}): ContainerSpec => ({
  role: 'student',
  image: 'sha256:abc',
  runtime: 'crun',
  ownKernel: false,
  asRoot: false,
  gpu: false,
  network: false,
  limits: { ...defaultLimits, memoryBytes: 100 * MIB, pids: 64, diskBytes: 8 * MIB },
  mounts: [{ source: '/runs/1/student', target: '/task/student', readOnly: false }],
  labels: { 'org.gradeport.instance': 'here' },
  ...change,
});

describe.each(['student', 'grading'] as const)('a %s container', (role) => {
  const config = hostConfig(spec({ role }));

  test('has no way to more rights', () => {
    expect(config).toMatchObject({
      CapDrop: ['ALL'],
      CapAdd: ['SETUID', 'SETGID', 'KILL'],
      SecurityOpt: ['no-new-privileges'],
    });
    for (const key of [
      'Privileged',
      'Devices',
      'UsernsMode',
      'PidMode',
      'CgroupParent',
      'Binds',
      'VolumesFrom',
    ]) {
      expect(config).not.toHaveProperty(key);
    }
  });

  test('cannot write to its image and shares no memory, network or processes with another', () => {
    expect(config).toMatchObject({ ReadonlyRootfs: true, IpcMode: 'private', NetworkMode: 'none' });
    expect(createOptions(spec({ role }))).toMatchObject({ NetworkDisabled: true });
    for (const place of Object.values(config.Tmpfs ?? {}))
      expect(place).toMatch(/nosuid,nodev,.*size=\d+,nr_inodes=\d+/);
  });

  test('is bounded in memory without swap, in processes, processors, files and their size', () => {
    expect(config).toMatchObject({ Memory: 100 * MIB, MemorySwap: 100 * MIB, PidsLimit: 64, NanoCpus: 1e9 });
    expect(config.Ulimits).toEqual(
      expect.arrayContaining([
        { Name: 'core', Soft: 0, Hard: 0 },
        { Name: 'fsize', Soft: 8 * MIB, Hard: 8 * MIB },
        { Name: 'nofile', Soft: 1024, Hard: 1024 },
        { Name: 'msgqueue', Soft: 0, Hard: 0 },
      ]),
    );
  });

  test('hides what Docker hides by itself, and lets nobody write to the cgroups', () => {
    expect(config.MaskedPaths).toEqual(
      expect.arrayContaining(['/proc/kcore', '/proc/keys', '/sys/firmware']),
    );
    expect(config.ReadonlyPaths).toEqual(
      expect.arrayContaining([
        ...['/proc/sys', '/proc/sysrq-trigger'],
        ...['/sys/fs/cgroup', '/sys/fs/cgroup/memory'],
      ]),
    );
  });

  test('ends with the worker and leaves nothing', () => {
    expect(config).toMatchObject({ AutoRemove: true, LogConfig: { Type: 'none' } });
    expect(createOptions(spec({ role }))).toMatchObject({
      OpenStdin: true,
      StdinOnce: true,
      Tty: false,
      Healthcheck: { Test: ['NONE'] },
    });
  });

  test('runs our agent, whatever the image would run', () => {
    expect(createOptions(spec({ role }))).toMatchObject({
      Entrypoint: ['/bin/sh', '/opt/gradeport/agent/start', role],
      Cmd: [],
      User: '0:0',
    });
  });
});

test('a student container has only /tmp and its folder to write to', () => {
  const config = hostConfig(spec());
  expect(Object.keys(config.Tmpfs ?? {})).toEqual(['/tmp']);
  expect(config.Mounts?.filter(({ ReadOnly }) => !ReadOnly).map(({ Target }) => Target)).toEqual([
    '/task/student',
  ]);
});

describe('on a kernel of its own', () => {
  const own = { runtime: 'runsc', ownKernel: true };

  test('the kernel gets memory and host threads, and the program is bounded by nproc', () => {
    const config = hostConfig(spec(own));
    expect(config.Memory).toBeGreaterThan(100 * MIB);
    expect(config).toMatchObject({ PidsLimit: 1024 });
    expect(config.Ulimits).toContainEqual({ Name: 'nproc', Soft: 64, Hard: 64 });
  });

  test('root may have rights over that kernel, and only there', () => {
    expect(hostConfig(spec({ ...own, asRoot: true }))).not.toHaveProperty('CapDrop');
    expect(hostConfig(spec({ asRoot: true }))).toMatchObject({ CapDrop: ['ALL'], ReadonlyRootfs: true });
  });
});

describe('an environment that needs a GPU', () => {
  const environment = ['NVIDIA_VISIBLE_DEVICES=all', 'NVIDIA_DRIVER_CAPABILITIES=compute,utility'];

  test('asks the NVIDIA runtime by its two variables', () => {
    const options = createOptions(spec({ gpu: true, runtime: 'nvidia' }));
    expect(options.Env).toEqual(environment);
    expect(options.HostConfig).toMatchObject({ Runtime: 'nvidia' });
    expect(options.HostConfig).not.toHaveProperty('DeviceRequests');
  });

  test('asks any other runtime for one device', () => {
    const options = createOptions(spec({ gpu: true, runtime: 'runc' }));
    expect(options.Env).toEqual(environment);
    expect(options.HostConfig?.DeviceRequests).toEqual([
      { Driver: 'nvidia', Count: 1, Capabilities: [['gpu']] },
    ]);
  });

  test('and no other container gets any', () => {
    const options = createOptions(spec());
    expect(options.Env).toEqual([]);
    expect(options.HostConfig).not.toHaveProperty('DeviceRequests');
  });
});
