import { defineConfig } from 'vitest/config';

const shared = {
  // Limits name times, and the machine has few processors: one file after the other.
  fileParallelism: false,
  testTimeout: 120_000,
  hookTimeout: 600_000,
};

export default defineConfig({
  test: {
    globalSetup: 'test/support/machine.ts',
    projects: [
      {
        test: {
          ...shared,
          name: 'attacks',
          include: ['test/attacks/**/*.test.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      // Last and alone: it measures how long a second client waits.
      {
        test: {
          ...shared,
          name: 'loop',
          include: ['test/attacks-last/*.test.ts'],
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
