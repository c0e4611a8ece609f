/** A container's policy in Docker's words. What a policy forbids is in container-policy.test.ts. */
import { describe, expect, test } from 'vitest';
import { createOptions, hostConfig } from '../../../../server/adapters/docker/host-config.ts';
import type { ContainerPolicy } from '../../../../server/ports/engine/container-policy.ts';
import type { ContainerSpec } from '../../../../server/ports/engine/containers.ts';
import { specWith } from '../../../support/execution/policy-table.ts';

const MIB = 2 ** 20;
const options = (change?: Partial<ContainerPolicy>, spec?: Partial<ContainerSpec>) =>
  createOptions({ ...specWith(change), ...spec });
const config = (change?: Partial<ContainerPolicy>, runtime = 'crun') =>
  hostConfig({ ...specWith(change), runtime });

test('a container has no way to more rights', () => {
  expect(config({ capabilities: ['SETUID', 'KILL'] })).toMatchObject({
    CapDrop: ['ALL'],
    CapAdd: ['SETUID', 'KILL'],
    SecurityOpt: ['no-new-privileges', expect.stringMatching(/^seccomp=\{/)],
  });
  for (const key of [
    ...['Privileged', 'Devices', 'UsernsMode', 'PidMode', 'CgroupParent', 'Binds', 'VolumesFrom'],
  ]) {
    expect(config()).not.toHaveProperty(key);
  }
});

test('the usual capabilities are the engine’s own, and asked for by a policy only', () => {
  const usual = config({ capabilities: 'usual', readOnlyRoot: false });
  expect(usual).not.toHaveProperty('CapDrop');
  expect(usual).not.toHaveProperty('CapAdd');
  expect(usual).toMatchObject({ ReadonlyRootfs: false, SecurityOpt: ['no-new-privileges'] });
});

test('it cannot write to its image and shares no memory, network or processes with another', () => {
  expect(config()).toMatchObject({ ReadonlyRootfs: true, IpcMode: 'private', NetworkMode: 'none' });
  expect(options()).toMatchObject({ NetworkDisabled: true, User: '0:0' });
  expect(options({ network: true })).toMatchObject({
    NetworkDisabled: false,
    HostConfig: { NetworkMode: 'gradeport-runs' },
  });
});

test('a kernel of its own changes nothing of the network; the agent gets the name servers that it passes questions on to', () => {
  const spec = { ...specWith({ network: true }), ownKernel: true };
  expect(createOptions(spec, ['10.0.0.1', '10.0.0.2'])).toMatchObject({
    Entrypoint: [...spec.command, 'names=10.0.0.1,10.0.0.2'],
    HostConfig: { NetworkMode: 'gradeport-runs' },
  });
  expect(createOptions(spec).Entrypoint).toEqual(spec.command);
});

test('memory is bounded without swap, and so are processes, processors, files and their size', () => {
  const bounded = config({
    memoryBytes: 100 * MIB,
    processes: 64,
    processors: 1,
    sharedMemoryBytes: 2 * MIB,
    resourceLimits: { nofile: 1024, fsize: 8 * MIB, core: 0, msgqueue: 0, nproc: 9 },
  });
  expect(bounded).toMatchObject({ Memory: 100 * MIB, MemorySwap: 100 * MIB, ShmSize: 2 * MIB });
  expect(bounded).toMatchObject({ PidsLimit: 64, NanoCpus: 1e9 });
  expect(bounded.Ulimits).toEqual([
    { Name: 'nofile', Soft: 1024, Hard: 1024 },
    { Name: 'fsize', Soft: 8 * MIB, Hard: 8 * MIB },
    { Name: 'core', Soft: 0, Hard: 0 },
    { Name: 'msgqueue', Soft: 0, Hard: 0 },
    { Name: 'nproc', Soft: 9, Hard: 9 },
  ]);
});

test('folders in memory are bounded, and mounts are binds', () => {
  const { Tmpfs, Mounts } = config({
    memoryFolders: [
      { target: '/tmp', bytes: 7, files: 3, runs: true },
      { target: '/data', bytes: 8, files: 4 },
    ],
    mounts: [{ source: '/runs/1/hosts', target: '/etc/hosts', readOnly: true }],
  });
  expect(Tmpfs).toEqual({
    '/tmp': 'rw,exec,nosuid,nodev,mode=1777,size=7,nr_inodes=3',
    '/data': 'rw,nosuid,nodev,mode=1777,size=8,nr_inodes=4',
  });
  expect(Mounts).toEqual([{ Type: 'bind', Source: '/runs/1/hosts', Target: '/etc/hosts', ReadOnly: true }]);
});

test('paths are hidden and read-only as the policy says', () => {
  expect(config({ maskedPaths: ['/proc/kcore'], readOnlyPaths: ['/proc/sys'] })).toMatchObject({
    MaskedPaths: ['/proc/kcore'],
    ReadonlyPaths: ['/proc/sys'],
  });
});

test('it ends with the worker and leaves nothing', () => {
  expect(config()).toMatchObject({ AutoRemove: true, LogConfig: { Type: 'none' } });
  expect(options()).toMatchObject({
    OpenStdin: true,
    StdinOnce: true,
    Tty: false,
    Healthcheck: { Test: ['NONE'] },
  });
});

test('it runs our agent, whatever the image would run, and is found by its labels', () => {
  const command = ['/bin/sh', '/opt/gradeport/agent/start', 'grading'];
  const labels = { 'org.gradeport.instance': 'here' };
  expect(options({}, { command, labels })).toMatchObject({ Entrypoint: command, Cmd: [], Labels: labels });
});

describe('an environment that needs a GPU', () => {
  const environment = ['NVIDIA_VISIBLE_DEVICES=all', 'NVIDIA_DRIVER_CAPABILITIES=compute,utility'];

  test('asks the NVIDIA runtime by its two variables', () => {
    const asked = options({ gpu: true }, { runtime: 'nvidia' });
    expect(asked.Env).toEqual(environment);
    expect(asked.HostConfig).toMatchObject({ Runtime: 'nvidia' });
    expect(asked.HostConfig).not.toHaveProperty('DeviceRequests');
  });

  test('asks any other runtime for one device', () => {
    const asked = options({ gpu: true }, { runtime: 'runc' });
    expect(asked.Env).toEqual(environment);
    expect(asked.HostConfig?.DeviceRequests).toEqual([
      { Driver: 'nvidia', Count: 1, Capabilities: [['gpu']] },
    ]);
  });

  test('and no other container gets any', () => {
    expect(options().Env).toEqual([]);
    expect(options().HostConfig).not.toHaveProperty('DeviceRequests');
  });
});
