/** What tests of grading need and do not look at. */

import type { Environment } from '../../server/environments/discovery/environment.ts';
import type { Placement } from '../../server/environments/discovery/placement.ts';
import type { Queue } from '../../server/ports/queue.ts';
import type { TaskFiles } from '../../server/ports/task-files.ts';
import { defaultLimits } from '../../server/rules/limits.ts';
import type { Amounts } from '../../server/submissions/admission/amounts.ts';

/** A queue that takes ids and hands out none. */
export const idleQueue = (checkRoom: Queue['checkRoom'] = async () => {}): Queue => ({
  checkRoom,
  push: async () => {},
  remove: async () => false,
  ahead: async () => 0,
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

/** An environment that can be used now, and needs nothing. */
export const environmentNamed = (name: string, change: Partial<Environment> = {}): Environment => ({
  name,
  title: name,
  description: '',
  image: `gradeport-test/${name}:latest`,
  digest: `sha256:${name}`,
  size: 1,
  created: '2026-11-17T10:00:00.000Z',
  runtime: 'crun',
  reason: '',
  needRoot: false,
  needGpu: false,
  available: true,
  ports: [],
  advertised: true,
  commandsLinked: false,
  languages: [],
  aliases: [],
  lost: [],
  ...change,
});

/** Where a run of this environment happens, unless something else is asked for. */
export const placeOf = (name: string, change: Partial<Placement> = {}): Placement => ({
  environment: environmentNamed(name),
  runtime: 'crun',
  traits: { sharedKernel: true, root: false, gpu: false },
  limits: defaultLimits,
  network: false,
  asRoot: false,
  ...change,
});

/** Has room for everything, and stores no sums. */
export const roomForAll: Pick<Amounts, 'take'> = {
  take: () => ({ steps: [], keep() {}, [Symbol.dispose]() {} }),
};
