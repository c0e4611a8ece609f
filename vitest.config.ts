import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { leftOut } from './test/support/left-out.ts';

const folders = (...names: string[]) => names.map((name) => `test/${name}/**/*.test.ts`);

export default defineConfig({
  test: {
    globalSetup: 'test/support/machine.ts',
    projects: [
      {
        test: {
          name: 'rules',
          include: [...folders('unit', 'contract', 'http', 'live'), 'test/architecture.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // As below.
          retry: 1,
          // They share no globals. To load all modules again for each file took two fifths of the time of small files.
          isolate: false,
          // Vitest would take one on two processors. Much of the time is waiting: for databases, programs and clocks.
          maxWorkers: Math.max(3, availableParallelism() - 1),
          // Not 0: vitest may run such files after all others.
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Two files at a time: they wait for containers and pages for half of their time, but verdicts name times.
        test: {
          name: 'real',
          include: folders('containers', 'browser'),
          exclude: [...configDefaults.exclude, ...leftOut],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          // Verdicts name times, and a machine may stand still for a moment. A second try is named in the output.
          retry: 1,
          // Of those that ask for it (test.concurrent), in each file: more would only wait for each other's processors.
          maxConcurrency: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'after all',
          include: ['test/leftovers.test.ts'],
          testTimeout: 30_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
