/** What tests of grading need and do not look at. */

import type { Environment } from '../../server/environments/discovery/environment.ts';
import type { Placement } from '../../server/environments/discovery/placement.ts';
import type { Queue } from '../../server/ports/queue.ts';
import type { TaskFiles } from '../../server/ports/task-files.ts';
import { defaultLimits } from '../../server/rules/limits.ts';

/** A queue that takes ids and hands out none. */
export const idleQueue = (checkRoom: Queue['checkRoom'] = async () => {}): Queue => ({
  checkRoom,
  push: async () => {},
  remove: async () => false,
  position: async () => null,
  size: async () => ({ waiting: 0, active: 0 }),
  consume: () => {},
  close: async () => {},
});

/** For tasks without files: nothing of them can be kept. */
export const keepsNoFiles: TaskFiles = {
  keep: async () => null,
  folder: async (bundle) => Promise.reject(new Error(`Nothing was kept as ${bundle}.`)),
  prune: async () => 0,
  close: () => {},
};

/** Where a run of this environment happens, unless something else is asked for. */
export const placeOf = (name: string, change: Partial<Placement> = {}): Placement => ({
  environment: { name, digest: `sha256:${name}`, available: true, needGpu: false } as Environment,
  runtime: 'crun',
  traits: { sharedKernel: true, root: false, gpu: false },
  limits: defaultLimits,
  network: false,
  asRoot: false,
  ...change,
});
