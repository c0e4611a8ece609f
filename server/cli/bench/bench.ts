/** gradeport bench: how fast this machine grades, compared with a bare `docker run` on it. */
import { tmpdir } from 'node:os';
import { Command } from 'commander';
import type { BenchOptions } from './run.ts';

export function benchCommand(): Command {
  return new Command('bench')
    .description('measure how fast this machine grades, beside a bare "docker run"')
    .option('--json', 'print one object per measure')
    .option('--quick', '10 samples each instead of 40, and small crowds')
    .option('--only <measures>', 'some of runs, throughput, memory, discovery, sockets; with commas')
    .option('--folder <folder>', 'where temporary data goes, on the disk to be measured', tmpdir())
    .addHelpText('after', EXAMPLES)
    .action(async (options: BenchOptions) => (await import('./run.ts')).bench(options));
}

const EXAMPLES = `
Examples:
  gradeport bench --quick
  gradeport bench --only runs,memory --json
  gradeport bench --folder /srv/gradeport

It starts servers of its own with temporary data and leaves nothing behind, also when stopped with Ctrl-C. Let
nothing else run meanwhile. What was measured elsewhere, and how: docs/performance.md.
Exit codes: 0 all measured · 1 something could not be measured · 130 stopped.`;
