/** gradeport serve: the server. With --demo, everything that a first start needs is set up first, step by step. */
import { Command } from 'commander';
import type { ServeOptions } from './run.ts';

/** The options of the server itself: a service has them, too. */
export const withServerOptions = (command: Command): Command =>
  command
    .option('--data <folder>', 'data folder (default: data/ beside the code)')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--port <number>', 'port to listen on; 0 for any free one (default: 8080)')
    .option('--courses <folder...>', 'folders of course folders (default: courses/ in the data folder)')
    .option('--config <file>', 'YAML configuration file')
    .option('--concurrency <runs>', 'runs graded at once (default: one per processor)')
    .option('--public-url <url>', 'the address that browsers use, behind a proxy')
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent (default: warn)');

export function serveCommand(): Command {
  return withServerOptions(new Command('serve'))
    .description('serve the web pages and grade submissions, until Ctrl-C')
    .option('--demo', 'first build what is missing: environments, accounts, demo course; and check it')
    .option('--setup-only', 'with --demo: stop before serving')
    .option('--accounts-once', 'with --demo: print the first accounts when they are made, and never again')
    .option(
      '--dev',
      'for development: read views for each page, and build scripts and styles when they change',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (options: ServeOptions) => (await import('./run.ts')).serve(options));
}

const EXAMPLES = `
Examples:
  gradeport serve --data /srv/gradeport
  gradeport serve --host 0.0.0.0 --port 9000 --public-url https://grade.example.org
Ctrl-C stops; runs in progress are graded at the next start. A second Ctrl-C, later than a second, stops at once.`;
