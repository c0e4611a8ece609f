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
    // Their verdicts name times, and on these ways a busy machine counts more of them.
    retry: 1,
    sequence: { groupOrder: 1 },
  },
});

/** They look at the whole machine before and after, and their limits name times: nothing else runs beside them. */
const attacksOn = (way: string) => ({
  test: {
    name: `${way}, attacks`,
    env: { GRADEPORT_EXECUTION: way },
    include: ['test/attacks/submissions.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 600_000,
    maxWorkers: 1,
    sequence: { groupOrder: 2 },
  },
});

/**
 * npm run test:ways: what npm test does on the direct way, on the others. npm run test:ways:attacks: attacks on the portable
 * way; on the local one, GRADEPORT_EXECUTION=local npm run test:attacks.
 */
export default defineConfig({
  test: {
    globalSetup: 'test/support/machine.ts',
    projects: [onWay('local'), onWay('portable'), attacksOn('portable')],
  },
});
