/** gradeport config show */
import { Command } from 'commander';
import type { ConfigShowOptions } from './show.ts';

export function configCommand(): Command {
  const config = new Command('config').description('the configuration of this installation');
  config
    .command('show')
    .description('list every setting with its value, and where that comes from; secrets are not shown')
    .option('--config <file>', 'YAML configuration file (default: what GRADEPORT_CONFIG says)')
    .option('--data <folder>', 'data folder, as other commands take it')
    .option('--json', 'print a JSON array of { key, value, origin, where }')
    .addHelpText('after', EXAMPLES)
    .action(async (options: ConfigShowOptions) => (await import('./show.ts')).showConfig(options));
  return config;
}

const EXAMPLES = `
Examples:
  gradeport config show
  gradeport config show --json | jq -r '.[] | select(.origin != "default") | .key'
Exit codes: 0 ok · 2 the configuration is wrong.`;
