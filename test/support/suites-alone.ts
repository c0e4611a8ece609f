/** The settings of suites beside npm test: one file after the other, and then the test of what is left behind. */
import { defineConfig } from 'vitest/config';

type Suites = { name: string; exclude?: string[]; testTimeout: number; hookTimeout: number };

/** The suites are the files in test/<name>/. */
export const suitesAlone = ({ name, ...own }: Suites) =>
  defineConfig({
    test: {
      globalSetup: 'test/support/machine.ts',
      projects: [
        {
          test: {
            name,
            include: [`test/${name}/**/*.test.ts`],
            ...own,
            fileParallelism: false,
            // As in npm test: a machine may stand still for a moment. A second try is named in the output.
            retry: 1,
            maxConcurrency: 3,
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
