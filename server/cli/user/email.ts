/** gradeport user email */
import type { Command } from 'commander';
import { createUsers } from '../../people/users.ts';
import { GradeportError } from '../../rules/errors.ts';
import { type Common, found, withStore } from '../local/open-user-store.ts';
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
  const user = await withStore(options, async (store) => {
    const users = createUsers(store, Date.now);
    const before = await found(users.findByName(name), name);
    return isChange ? users.setEmail(before.id, address ?? null) : before;
  });
  if (options.json) json({ name: user.name, email: user.email ?? null });
  else if (!isChange) data(user.email ?? '');
  else talk(`${user.name} has ${user.email === undefined ? 'no e-mail address' : user.email} now.`);
}
