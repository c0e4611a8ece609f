import { defineConfig } from 'vitest/config';

/** The suites that grade, with the engine as it is found: test/support/grade.ts and the command line read the variable. */
const SUITES = [
  ...[
    'bad-input',
    'conformance',
    'endings',
    'foreign-commands',
    'inginious-image',
    'isolation',
    'old-graders',
  ],
  ...['own-limits', 'surroundings', 'terminal'],
].map((name) => `test/containers/${name}.test.ts`);

const onWay = (way: string) => ({
  test: {
    name: way,
    env: { GRADEPORT_EXECUTION: way },
    include: [...SUITES, 'test/ways/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // As in npm test: two files at a time, of whichever way.
    maxWorkers: 2,
    maxConcurrency: 2,
    sequence: { groupOrder: 1 },
  },
});

/** npm run test:ways: what npm test does on the direct way, and once in short on the others. */
export default defineConfig({
  test: { globalSetup: 'test/support/machine.ts', projects: [onWay('local'), onWay('portable')] },
});
