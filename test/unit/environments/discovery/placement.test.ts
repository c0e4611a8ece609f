import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../../server/config/config.ts';
import { plainTask } from '../../../../server/courses/plain-task.ts';
import type { Task } from '../../../../server/courses/task.ts';
import { findEnvironment } from '../../../../server/environments/discovery/environments-of-images.ts';
import { findPlace } from '../../../../server/environments/discovery/placement.ts';
import { listed } from '../../../support/environments/listed.ts';

const task = (environmentNeeds?: Task['environmentNeeds']): Task => ({
  ...plainTask,
  id: 'one',
  course: 'demo',
  folder: '/nowhere',
  name: 'One',
  environment: 'x',
  ...(environmentNeeds && { environmentNeeds }),
});

function place(runtimes: string[], asking: Task, suggest?: (name: string) => string) {
  const image = {
    id: 'sha256:x',
    tags: ['x:latest'],
    labels: { 'org.inginious.grading.name': 'x' },
    size: 1,
    created: 0,
  };
  const list = listed([image], {}, runtimes);
  const environments = {
    find: (name: string) => findEnvironment(list, name),
    runtimes: () => runtimes,
    ...(suggest && { suggest }),
  };
  const { ceilings } = loadConfig({}, undefined, {});
  return findPlace({ environments, table: {}, ceilings }, asking, asking.environment ?? '', null);
}

describe('where a task is graded', () => {
  test('is the environment’s own runtime when the task asks for nothing more', () => {
    expect(place(['runc', 'runsc', 'nvidia'], task())).toMatchObject({ runtime: 'runc', asRoot: false });
  });

  test('is a kernel of its own, as root, for a task of INGInious’ type kata', () => {
    const found = place(['runc', 'runsc'], task({ needRoot: true, needGpu: false }));
    expect(found).toMatchObject({ runtime: 'runsc', asRoot: true, traits: { sharedKernel: false } });
  });

  test('has a GPU for a task of type nvidia, and never root with it', () => {
    const found = place(['runc', 'nvidia'], task({ needRoot: false, needGpu: true }));
    expect(found).toMatchObject({ runtime: 'nvidia', asRoot: false, environment: { needGpu: true } });
  });

  test('is nowhere, with what to install, when no runtime gives what the task asks for', () => {
    expect(() => place(['runc'], task({ needRoot: true, needGpu: false }))).toThrow(/install gVisor/);
    expect(() => place(['runc'], task({ needRoot: false, needGpu: true }))).toThrow(
      /NVIDIA container runtime/,
    );
  });

  test('is nowhere, with what would help, when no image announces the name', () => {
    const missing = { ...task(), environment: 'cpp' };
    expect(() => place(['runc'], missing, () => 'Build it: gradeport env build cpp')).toThrow(
      'Task "one" asks for environment "cpp". Build it: gradeport env build cpp',
    );
    expect(() => place(['runc'], missing)).toThrow(/gradeport env list/);
  });
});
