/** gradeport user second-factor */
import type { Command } from 'commander';
import { granted } from '../../model/verb.ts';
import { resetSecondFactor, showUser } from '../../people/user-verbs.ts';
import { type Common, withUsers } from '../local/open-user-store.ts';
import { whoRunsThis } from '../local/who-runs-this.ts';
import { data, json, talk } from '../ui/terminal.ts';

export function addSecondFactorCommand(command: Command): void {
  command
    .description('say whether an account has a second factor; --reset takes it away')
    .argument('<name>', 'name to sign in with')
    .option('--reset', 'take it away and sign the account out: the app and the recovery codes are lost')
    .addHelpText(
      'after',
      '\nExamples:\n  gradeport user second-factor alice\n  gradeport user second-factor alice --reset',
    )
    .action(secondFactor);
}

async function secondFactor(name: string, options: Common & { reset?: boolean }): Promise<void> {
  const user = await withUsers(options, (deps) =>
    granted((options.reset ? resetSecondFactor : showUser)(deps, whoRunsThis(), { name })),
  );
  const since = user.secondFactor ?? null;
  if (options.json) json({ name: user.name, secondFactor: since });
  else if (options.reset) talk(`${user.name} signs in with the password alone now.`);
  else data(since === null ? 'off' : `on since ${since}`);
}
