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
          testTimeout: 30_000,
          // Not 0: with one worker, as on two processors, vitest runs such files after all others.
          sequence: { groupOrder: 1 },
        },
      },
      {
        // One file at a time: each uses the machine's containers, and verdicts name times.
        test: {
          name: 'real',
          include: folders('containers', 'browser'),
          exclude: [...configDefaults.exclude, ...leftOut],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // Of those that ask for it (test.concurrent): more would only wait for each other's processors.
          maxConcurrency: 3,
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
