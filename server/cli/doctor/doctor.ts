/** gradeport doctor: checks everything that a run needs by using it, and says what to do. */
import { Command } from 'commander';
import { linesOf } from '../ui/check-lines.ts';
import { INTERRUPTED } from '../ui/exit-codes.ts';
import { createProgress, data, json, talk } from '../ui/terminal.ts';
import type { Check } from './check.ts';

type DoctorOptions = { data?: string; json?: boolean; attack?: boolean; runtime?: string; only?: string };

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check everything that grading needs, by really trying it')
    .option('--data <folder>', 'data folder of the installation')
    .option('--json', 'print a JSON array of { check, state, sentence, next }, or of attacks')
    .option('--attack', 'hand in known attacks instead, on every runtime, and see whether each is held')
    .option('--runtime <name>', 'with --attack: on this runtime only')
    .option('--only <name>', 'with --attack: only this attack, or this group of attacks')
    .addHelpText('after', NOTES)
    .action(async (options: DoctorOptions) => {
      if (!options.attack) return look(options);
      // Loaded only for --attack: making the hostile archives takes a moment.
      const { attack } = await import('./attack.ts');
      if (!(await attack(options))) process.exitCode = 1;
    });
}

const NOTES = `
Examples:
  gradeport doctor
  gradeport doctor --json | jq -r '.[] | select(.state == "fail") | .next'
  gradeport doctor --attack --runtime crun --only forging
A state is ok, warn, fail or skipped.
Exit codes: 0 nothing fails · 1 something fails · 5 the engine does not answer.`;

async function look(options: DoctorOptions): Promise<void> {
  const [{ loadConfig }, { examine }, { untilInterrupted }] = await Promise.all([
    import('../../config/config.ts'),
    import('./examine.ts'),
    import('../ui/interrupted.ts'),
  ]);
  const stopped = untilInterrupted().signal;
  const progress = createProgress();
  const checks = await examine({
    config: loadConfig({ data: options.data }),
    looking: (at) => progress.line(`Looking at ${at} …`),
    stopped,
  });
  progress.end();
  if (options.json) json(checks);
  else for (const check of checks) data(linesOf(check));
  if (stopped.aborted) talk('Stopped before everything was looked at.');
  process.exitCode = stopped.aborted ? INTERRUPTED : exitCodeOf(checks);
}

function exitCodeOf(checks: readonly Check[]): number {
  const failed = checks.filter(({ state }) => state === 'fail');
  if (failed.some(({ check }) => check === 'engine')) return 5;
  return failed.length > 0 ? 1 : 0;
}
