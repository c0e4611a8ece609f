import { defineConfig } from 'vitest/config';

/** npm run test:environments: builds every environment that we ship, minutes the first time, and grades in each. */
export default defineConfig({
  test: {
    include: ['test/environments/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 1_800_000,
    fileParallelism: false,
  },
});
