import { defineConfig } from 'vitest/config';

/** npm run test:compose: docker-compose.yml as it is deployed. Minutes: it makes the images of server, database and proxy. */
export default defineConfig({
  test: {
    globalSetup: 'test/support/machine.ts',
    projects: [
      {
        test: {
          name: 'compose',
          include: ['test/compose/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
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
