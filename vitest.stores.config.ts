import { defineConfig } from 'vitest/config';

const folders = (...names: string[]) => names.map((name) => `test/${name}/**/*.test.ts`);
/** Those that open the store of the test run: test/unit/setup/store-suites.test.ts finds one that is missing. */
const UNIT = [
  'environments/revisions/*',
  'environments/usage-per-day',
  'lti/grade-returns',
  'lti/groups',
  'people/course-groups',
  'people/sessions',
  'people/sign-in/second-factor',
  'people/teams',
  'people/user-verbs',
  'people/users',
  'submissions/admission/amounts',
  'submissions/changing-task',
  'submissions/admission/open-keys',
  'submissions/service',
  'submissions/admission/submission-limit',
  'submissions/submit',
  'worker/task-of-run',
];
const CONTAINERS = ['cli', 'crash', 'lti', 'revisions', 'revision-samples', 'worker-process'];
/** The others look at pages, editors and builds, to which every store is the same. */
const BROWSER = [
  'environment-choice',
  'environment-use',
  'groups',
  'joining',
  'lti',
  'revisions',
  'run-live',
  'send-in-place',
  'signing-in',
  'verdicts',
  'whose-run',
];
const files = (folder: string, names: readonly string[]) =>
  names.map((name) => `test/${folder}/${name}.test.ts`);

/** npm run test:stores: the suites that open a store, on MongoDB. On SQLite they are a part of npm test. */
export default defineConfig({
  test: {
    globalSetup: ['test/support/mongo/run-server.ts', 'test/support/machine.ts'],
    projects: [
      {
        test: {
          name: 'rules',
          include: [...files('unit', UNIT), ...folders('http', 'live')],
          testTimeout: 30_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // One file at a time, as in npm test.
        test: {
          name: 'real',
          include: [...folders('stores'), ...files('containers', CONTAINERS), ...files('browser', BROWSER)],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'after all',
          include: ['test/leftovers.test.ts'],
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
