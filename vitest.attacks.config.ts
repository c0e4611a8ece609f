import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: 'test/support/machine.ts',
    include: ['test/attacks/**/*.test.ts'],
    // Limits name times, and the machine has few processors: one file after the other.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 600_000,
  },
});
