import { describe, expect, test } from 'vitest';
import { chooseRuntime } from '../../../../server/environments/discovery/runtimes.ts';

const plain = { needRoot: false, needGpu: false };
const all = ['runc', 'nvidia', 'runsc', 'crun', 'kata-runtime'];

describe('the runtime of an environment', () => {
  test.each([
    ['the fastest that isolates', plain, 'crun'],
    ['one with a kernel of its own for root', { ...plain, needRoot: true }, 'runsc'],
    ['one with a GPU', { ...plain, needGpu: true }, 'nvidia'],
  ])('is %s', (_, needs, runtime) => {
    expect(chooseRuntime(needs, all, {})).toMatchObject({
      runtime,
      reason: expect.stringContaining(runtime),
    });
  });

  test('is kata where gVisor is missing', () => {
    expect(chooseRuntime({ ...plain, needRoot: true }, ['runc', 'kata-qemu'], {}).runtime).toBe('kata-qemu');
  });

  test('is none, with what to install, where none fits', () => {
    const root = chooseRuntime({ ...plain, needRoot: true }, ['runc', 'crun'], {});
    expect(root).toEqual({
      runtime: null,
      reason: expect.stringMatching(/install gVisor .* has crun, runc/),
    });
    const gpu = chooseRuntime({ ...plain, needGpu: true }, ['runc'], {});
    expect(gpu).toEqual({ runtime: null, reason: expect.stringContaining('NVIDIA container runtime') });
    expect(chooseRuntime({ needRoot: true, needGpu: true }, all, {}).runtime).toBeNull();
    expect(chooseRuntime(plain, [], {}).runtime).toBeNull();
  });

  test('never gives root a shared kernel, whatever the operator’s table says', () => {
    const table = { runc: { sharedKernel: true, root: true, gpu: false } };
    expect(chooseRuntime({ ...plain, needRoot: true }, ['runc'], table).runtime).toBeNull();
  });

  test('may be given a GPU by the operator’s table', () => {
    const table = { runc: { sharedKernel: true, root: false, gpu: true } };
    expect(chooseRuntime({ ...plain, needGpu: true }, ['runc'], table).runtime).toBe('runc');
    expect(chooseRuntime(plain, ['runc'], table).runtime).toBe('runc');
  });

  test('asked for by name is that one or none, with the reason', () => {
    expect(chooseRuntime(plain, all, {}, 'runc').runtime).toBe('runc');
    expect(chooseRuntime(plain, ['runc'], {}, 'kata')).toEqual({
      runtime: null,
      reason: 'The engine has no runtime "kata"; it has runc.',
    });
    expect(chooseRuntime({ ...plain, needRoot: true }, all, {}, 'runc')).toMatchObject({
      runtime: null,
      reason: expect.stringContaining('kernel'),
    });
  });
});
