import { defineConfig } from 'vitest/config';

/** npm run test:loop: how long a second client waits while the server works on hostile inputs. It wants the machine to itself. */
export default defineConfig({
  test: {
    globalSetup: 'test/support/machine.ts',
    include: ['test/loop/*.test.ts'],
    fileParallelism: false,
    // It names times: a machine that stands still for a moment costs a try.
    retry: 2,
    testTimeout: 120_000,
    hookTimeout: 600_000,
  },
});
