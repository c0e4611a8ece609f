import { defineConfig } from 'vitest/config';

/** As in vitest.stores.config.ts; FAULT_STORE=mongodb. */
const MONGO = process.env['FAULT_STORE'] === 'mongodb' ? ['test/support/mongo/run-server.ts'] : [];

/** npm run test:faults: every call through a port fails, and random kills of server and engine; not part of npm test. */
export default defineConfig({
  test: {
    globalSetup: [...MONGO, 'test/support/machine.ts'],
    include: ['test/faults/**/*.test.ts'],
    testTimeout: 7_200_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
