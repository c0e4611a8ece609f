/** Bundles over a task's folder and a real blob store; each test begins with new ones, and sets the clock. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach } from 'vitest';
import { createTaskFiles } from '../../../server/adapters/task-files/task-files.ts';
import type { Store } from '../../../server/ports/store.ts';
import type { TaskFiles } from '../../../server/ports/task-files.ts';
import { tempFolder, tempStore } from './temp-folder.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

type House = {
  root: string;
  /** The folder of the task. */
  task: string;
  /** The folder of unpacked bundles. */
  copies: string;
  store: Store;
  files: TaskFiles;
  now: number;
  warnings: unknown[];
  /** How many blobs were stored. */
  puts: number;
};

function makeTask(task: string): void {
  mkdirSync(join(task, 'student/deep'), { recursive: true });
  mkdirSync(join(task, 'empty'));
  writeFileSync(join(task, 'run'), '#!/bin/sh\n', { mode: 0o750 });
  writeFileSync(join(task, 'task.yaml'), 'name: Hello\n', { mode: 0o640 });
  writeFileSync(join(task, 'student/deep/é'), 'x = 1\n', { mode: 0o644 });
  symlinkSync('/etc/passwd', join(task, 'link'));
}

function open(house: House): TaskFiles {
  const { store, copies } = house;
  const { blobs } = store;
  const counted = {
    ...blobs,
    put(content: Uint8Array) {
      house.puts += 1;
      return blobs.put(content);
    },
  };
  return createTaskFiles({
    folder: copies,
    unusedMs: DAY_MS,
    log: { warn: (entry: unknown) => void house.warnings.push(entry) },
    clock: () => house.now,
    store: { blobs: counted, patient: () => ({ ...store, blobs: counted }) },
  });
}

export function bundleHouse() {
  // Each test begins with new values.
  const house = {} as House;
  beforeEach(async () => {
    const root = tempFolder();
    const [task, copies] = [join(root, 'course/hello'), join(root, 'data/bundles')];
    makeTask(task);
    const store = await tempStore(join(root, 'data'));
    Object.assign(house, { root, task, copies, store, now: Date.now(), warnings: [], puts: 0 });
    house.files = open(house);
  });
  return Object.assign(house, {
    /** As another process has them. */
    open: () => open(house),
    async kept(folder = house.task): Promise<string> {
      const bundle = await house.files.keep(folder);
      if (bundle === null) throw new Error('not kept');
      return bundle;
    },
  });
}
