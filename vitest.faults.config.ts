import { defineConfig } from 'vitest/config';

/** npm run test:faults: every call through a port fails, and random kills of server and engine; not part of npm test. */
export default defineConfig({
  test: {
    globalSetup: 'test/support/machine.ts',
    include: ['test/faults/**/*.test.ts'],
    testTimeout: 7_200_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
