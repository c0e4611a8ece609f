import { defineConfig } from 'vitest/config';

/** npm run test:faults: some minutes of random kills; not part of npm test. It kills an engine of its own, too. */
export default defineConfig({
  test: {
    globalSetup: 'test/support/machine.ts',
    include: ['test/faults/**/*.test.ts'],
    testTimeout: 1_200_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
