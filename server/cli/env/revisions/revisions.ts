/** gradeport env test | history | promote | rollback | pin | unpin | prune */
import type { Command } from 'commander';
import type { Common, HistoryOptions, PromoteOptions, PruneOptions, TestOptions } from './revisions-run.ts';

/** Loaded only when it runs, because it imports the whole grader. */
const work = () => import('./revisions-run.ts');

export function addRevisionCommands(env: Command): void {
  const verb = (name: string, description: string, help: string, json = 'print a JSON object') =>
    env
      .command(name)
      .description(description)
      .option('--data <folder>', 'data folder of the installation')
      .option('--json', json)
      .addHelpText('after', help);
  verb('test', 'run the samples of an environment and of all tasks that use it', TEST_HELP)
    .argument('<name>', 'grading name or alias')
    .option('--digest <digest>', 'the revision (default: the one that waits, else the current one)')
    .action(async (name: string, options: TestOptions) => (await work()).test(name, options));
  verb(
    'history',
    'every revision of an environment: which grades, which did, what its samples said',
    HISTORY_HELP,
  )
    .argument('<name>', 'grading name or alias')
    .option('--runs <digest>', 'list the newest 1000 stored runs that this revision graded instead')
    .action(async (name: string, options: HistoryOptions) => (await work()).history(name, options));
  verb('promote', 'make a revision the one that grades', PROMOTE_HELP)
    .argument('<name>', 'grading name or alias')
    .argument('[digest]', 'or its beginning (default: the one that waits)')
    .option('--force', 'although its samples did not come out as expected, or have not run')
    .action(async (name: string, digest: string | undefined, options: PromoteOptions) =>
      (await work()).promote(name, digest, options),
    );
  verb('rollback', 'back to the revision that graded before, at once', ROLLBACK_HELP)
    .argument('<name>', 'grading name or alias')
    .argument('[digest]', 'or its beginning (default: the one before)')
    .action(async (name: string, digest: string | undefined, options: Common) =>
      (await work()).rollback(name, digest, options),
    );
  verb('pin', 'have one revision grade a task, whatever becomes current', PIN_HELP)
    .argument('<task>', 'course/task')
    .argument('<digest>', 'or its beginning, or "current"')
    .action(async (task: string, digest: string, options: Common) =>
      (await work()).pin(task, digest, options),
    );
  verb('unpin', 'have the current revision grade a task again', UNPIN_HELP)
    .argument('<task>', 'course/task')
    .action(async (task: string, options: Common) => (await work()).unpin(task, options));
  verb(
    'prune',
    'throw away images of revisions that nothing needs',
    PRUNE_HELP,
    'print a JSON array of { name, digest, image, remove, reason }',
  )
    .option('--graded', 'also what graded stored runs: their grades cannot be reproduced afterwards')
    .option('--dry-run', 'only say what would go, and why the others stay')
    .option('--yes', 'do not ask')
    .action(async (options: PruneOptions) => (await work()).prune(options));
}

const TEST_HELP = `
A revision that waits becomes current when all samples come out as expected (promote: by-hand in the
configuration leaves that to you).
Examples:
  gradeport env test c
  gradeport env test c --digest 4f2a91
Exit codes: 0 all as expected · 1 some are not · 4 no such environment · 5 engine unreachable.`;

const HISTORY_HELP = `
Example:
  gradeport env history c
  gradeport env history c --json
  gradeport env history c --runs 4f2a91`;

const PROMOTE_HELP = `
Examples:
  gradeport env promote c
  gradeport env promote c 4f2a91 --force
Works while the server runs; it notices within a second.
Exit codes: 0 it grades now · 1 its samples failed, or somebody else was quicker · 4 no such revision.`;

const ROLLBACK_HELP = `
Examples:
  gradeport env rollback c
  gradeport env rollback c 4f2a91
The image was kept, so this takes no pull and no build. The revision before the rollback never grades again automatically.`;

const PIN_HELP = `
Examples:
  gradeport env pin algorithms/sorting current
  gradeport env pin algorithms/sorting 4f2a91`;

const UNPIN_HELP = `
Example:
  gradeport env unpin algorithms/sorting`;

const PRUNE_HELP = `
What is current, pinned or waits stays, and so does what graded a stored run. An image that has a name of its own
in the engine is yours to remove.
Examples:
  gradeport env prune --dry-run
  gradeport env prune --yes`;
