/** gradeport user add | role | email | remove | list | password | second-factor */
import { Command, Option } from 'commander';
import { newPassword } from '../../first-start/first-accounts.ts';
import { granted } from '../../model/verb.ts';
import { addUser, changePassword, changeRole, listUsers, removeUser } from '../../people/user-verbs.ts';
import { type Common, withUsers } from '../local/open-user-store.ts';
import { whoRunsThis } from '../local/who-runs-this.ts';
import { readFirstLine } from '../ui/first-line.ts';
import { data, harmless, json, table, talk } from '../ui/terminal.ts';
import { addEmailCommand } from './email.ts';
import { addSecondFactorCommand } from './second-factor.ts';

type AddOptions = Common & {
  operator?: boolean;
  course: string[];
  role: 'student' | 'teacher';
  displayName?: string;
  email?: string;
  passwordStdin?: boolean;
};

const collect = (value: string, before: string[]): string[] => [...before, value];

export function userCommand(): Command {
  const user = new Command('user').description('accounts; works while the server runs');
  const shared = (command: Command) =>
    command.option('--data <folder>', 'data folder of the installation').option('--json', 'print JSON');
  shared(user.command('add'))
    .description('add an account; without --password-stdin a password is made up and printed')
    .argument('<name>', 'name to sign in with')
    .option('--operator', 'may see and do everything')
    .option('--course <id>', 'member of this course; again for more', collect, [])
    .addOption(
      new Option('--role <role>', 'role in these courses').choices(['student', 'teacher']).default('student'),
    )
    .option('--display-name <text>', 'name to show')
    .option('--email <address>', 'for courses that let in by it, and for graders')
    .option('--password-stdin', 'read the password from the first line of stdin')
    .addHelpText('after', '\nExample:\n  gradeport user add alice --course demo --role student')
    .action(add);
  shared(user.command('role'))
    .description('change what an account may do')
    .argument('<name>', 'name to sign in with')
    .option('--course <id>', 'in this course; again for more', collect, [])
    .addOption(
      new Option('--role <role>', 'role in these courses')
        .choices(['student', 'teacher', 'none'])
        .default('student'),
    )
    .option('--operator', 'may see and do everything')
    .option('--no-operator', 'no longer an operator')
    .addHelpText('after', '\nExample:\n  gradeport user role alice --course algebra --role teacher')
    .action(role);
  addEmailCommand(shared(user.command('email')));
  addSecondFactorCommand(shared(user.command('second-factor')));
  shared(user.command('remove'))
    .description('remove an account and sign it out; its submissions stay')
    .argument('<name>', 'name to sign in with')
    .addHelpText('after', '\nExample:\n  gradeport user remove alice')
    .action(remove);
  shared(user.command('list'))
    .description('list the accounts')
    .addHelpText(
      'after',
      "\nExamples:\n  gradeport user list\n  gradeport user list --json | jq -r '.[].name'",
    )
    .action(list);
  shared(user.command('password'))
    .description('give an account a new password and sign it out everywhere')
    .argument('<name>', 'name to sign in with')
    .option('--password-stdin', 'read the password from the first line of stdin')
    .addHelpText(
      'after',
      '\nExamples:\n  gradeport user password alice\n  gradeport user password alice --password-stdin < new',
    )
    .action(password);
  return user;
}

/** Reads from stdin, so that the password appears in no process list and no shell history. */
async function choosePassword(fromStdin: boolean | undefined): Promise<{ password: string; made: boolean }> {
  if (!fromStdin) return { password: newPassword(), made: true };
  return { password: await readFirstLine(), made: false };
}

async function add(name: string, options: AddOptions): Promise<void> {
  const { password, made } = await choosePassword(options.passwordStdin);
  const roles = Object.fromEntries(options.course.map((course) => [course, options.role]));
  const { operator = false, displayName, email } = options;
  const wanted = {
    name,
    password,
    operator,
    roles,
    ...(displayName !== undefined && { displayName }),
    ...(email !== undefined && { email }),
  };
  const added = await withUsers(options, (deps) => granted(addUser(deps, whoRunsThis(), wanted)), true);
  if (options.json) {
    const { id, name: given, operator: may, roles: own } = added;
    return json({ id, name: given, operator: may, roles: own, ...(made ? { password } : {}) });
  }
  talk(`Added ${added.name}${made ? ', with this password:' : '.'}`);
  if (made) data(password);
  if (!added.operator && options.course.length === 0) {
    talk(`${added.name} is in no course yet and will see none; add with --course <id>.`);
  }
}

async function list(options: Common): Promise<void> {
  const users = await withUsers(options, (deps) => granted(listUsers(deps, whoRunsThis(), {})));
  const shown = users.map(({ name, displayName, email, operator, roles, createdAt, lti }) => ({
    name,
    displayName,
    email: email ?? null,
    operator,
    roles,
    createdAt,
    from: lti ?? null,
  }));
  if (options.json) return json(shown);
  const rows = shown.map(({ name, displayName, email, operator, roles, from }) => [
    name,
    // A learning platform chose this name, so it is untrusted.
    harmless(displayName),
    email ?? '',
    operator ? 'operator' : '',
    Object.entries(roles)
      .map(([course, role]) => `${course}:${role}`)
      .join(' '),
    from ? harmless(`LTI ${from.key}: ${from.userId}`) : '',
  ]);
  data(table(['NAME', 'SHOWN AS', 'EMAIL', 'OPERATOR', 'COURSES', 'FROM'], rows));
}

async function password(name: string, options: Common & { passwordStdin?: boolean }): Promise<void> {
  const { password: chosen, made } = await choosePassword(options.passwordStdin);
  await withUsers(options, (deps) =>
    granted(changePassword(deps, whoRunsThis(), { name, password: chosen })),
  );
  if (options.json) json({ name, ...(made ? { password: chosen } : {}) });
  else if (made) data(chosen);
  else talk(`Changed the password of ${name}.`);
}

type RoleOptions = Common & { course: string[]; role: 'student' | 'teacher' | 'none'; operator?: boolean };

async function role(name: string, options: RoleOptions): Promise<void> {
  const { operator, course: courses } = options;
  const wanted = options.role === 'none' ? null : options.role;
  const change = { name, courses, role: wanted, ...(operator !== undefined && { operator }) };
  const changed = await withUsers(options, (deps) => granted(changeRole(deps, whoRunsThis(), change)));
  const { name: shown, operator: may, roles } = changed;
  if (options.json) json({ name: shown, operator: may, roles });
  else talk(`${shown} is now ${describe(may, roles)}.`);
}

function describe(operator: boolean, roles: Readonly<Record<string, string>>): string {
  const parts = Object.entries(roles).map(([course, role]) => `${role} of ${course}`);
  return [...(operator ? ['operator'] : []), ...parts].join(', ') || 'in no course';
}

async function remove(name: string, options: Common): Promise<void> {
  await withUsers(options, (deps) => granted(removeUser(deps, whoRunsThis(), { name })));
  if (options.json) json({ name, removed: true });
  else talk(`Removed ${name}.`);
}
