import { configDefaults, defineConfig } from 'vitest/config';
import { leftOut } from './test/support/left-out.ts';

/** npm run test:engines: engines that are elsewhere, users without root, and every way of starting containers. */
export default defineConfig({
  test: {
    globalSetup: 'test/support/machine.ts',
    projects: [
      {
        test: {
          name: 'engines',
          include: ['test/engines/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          exclude: [...configDefaults.exclude, ...leftOut],
          fileParallelism: false,
          maxConcurrency: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'after all',
          include: ['test/leftovers.test.ts'],
          testTimeout: 30_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
