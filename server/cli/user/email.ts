/** gradeport user email */
import type { Command } from 'commander';
import { granted } from '../../model/verb.ts';
import { changeEmail, showUser } from '../../people/user-verbs.ts';
import { GradeportError } from '../../rules/errors.ts';
import { type Common, withUsers } from '../local/open-user-store.ts';
import { whoRunsThis } from '../local/who-runs-this.ts';
import { data, json, talk } from '../ui/terminal.ts';

export function addEmailCommand(command: Command): void {
  command
    .description('show, set or remove the e-mail address of an account')
    .argument('<name>', 'name to sign in with')
    .argument('[address]', 'the new address; without it the one that is there is printed')
    .option('--remove', 'it has none any more')
    .addHelpText(
      'after',
      '\nExamples:\n  gradeport user email alice alice@example.org\n  gradeport user email alice --remove',
    )
    .action(email);
}

async function email(
  name: string,
  address: string | undefined,
  options: Common & { remove?: boolean },
): Promise<void> {
  if (options.remove && address !== undefined)
    throw new GradeportError('usage', 'Give an address or --remove, not both.');
  const isChange = options.remove || address !== undefined;
  const user = await withUsers(options, (deps) =>
    granted(
      isChange
        ? changeEmail(deps, whoRunsThis(), { name, email: address ?? null })
        : showUser(deps, whoRunsThis(), { name }),
    ),
  );
  if (options.json) json({ name: user.name, email: user.email ?? null });
  else if (!isChange) data(user.email ?? '');
  else talk(`${user.name} has ${user.email === undefined ? 'no e-mail address' : user.email} now.`);
}
