/** gradeport user add | role | email | remove | list | password */
import { Command, Option } from 'commander';
import { newPassword } from '../../first-start/first-accounts.ts';
import { createUsers } from '../../people/users.ts';
import { type Common, found, withStore } from '../local/open-user-store.ts';
import { readFirstLine } from '../ui/first-line.ts';
import { data, harmless, json, table, talk } from '../ui/terminal.ts';
import { addEmailCommand } from './email.ts';

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
    .action(addUser);
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
    .action(changeRole);
  addEmailCommand(shared(user.command('email')));
  shared(user.command('remove'))
    .description('remove an account and sign it out; its submissions stay')
    .argument('<name>', 'name to sign in with')
    .addHelpText('after', '\nExample:\n  gradeport user remove alice')
    .action(removeUser);
  shared(user.command('list'))
    .description('list the accounts')
    .addHelpText(
      'after',
      "\nExamples:\n  gradeport user list\n  gradeport user list --json | jq -r '.[].name'",
    )
    .action(listUsers);
  shared(user.command('password'))
    .description('give an account a new password and sign it out everywhere')
    .argument('<name>', 'name to sign in with')
    .option('--password-stdin', 'read the password from the first line of stdin')
    .addHelpText(
      'after',
      '\nExamples:\n  gradeport user password alice\n  gradeport user password alice --password-stdin < new',
    )
    .action(changePassword);
  return user;
}

/** From stdin, so that it appears in no process list and no shell history. */
async function choosePassword(fromStdin: boolean | undefined): Promise<{ password: string; made: boolean }> {
  if (!fromStdin) return { password: newPassword(), made: true };
  return { password: await readFirstLine(), made: false };
}

async function addUser(name: string, options: AddOptions): Promise<void> {
  const { password, made } = await choosePassword(options.passwordStdin);
  const roles = Object.fromEntries(options.course.map((course) => [course, options.role]));
  const added = await withStore(
    options,
    (store) =>
      createUsers(store, Date.now).addUser({
        name,
        password,
        operator: options.operator === true,
        roles,
        ...(options.displayName === undefined ? {} : { displayName: options.displayName }),
        ...(options.email === undefined ? {} : { email: options.email }),
      }),
    true,
  );
  if (options.json) {
    const { id, operator } = added;
    return json({ id, name: added.name, operator, roles: added.roles, ...(made ? { password } : {}) });
  }
  talk(`Added ${added.name}${made ? ', with this password:' : '.'}`);
  if (made) data(password);
  if (!added.operator && options.course.length === 0) {
    talk(`${added.name} is in no course yet and will see none; add with --course <id>.`);
  }
}

async function listUsers(options: Common): Promise<void> {
  const users = await withStore(options, (store) => store.users.find({}, { sort: { name: 1 } }));
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
    // Learning platforms say what their people are called.
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

async function changePassword(name: string, options: Common & { passwordStdin?: boolean }): Promise<void> {
  const { password, made } = await choosePassword(options.passwordStdin);
  await withStore(options, async (store) => {
    const users = createUsers(store, Date.now);
    const user = await found(users.findByName(name), name);
    await users.setPassword(user.id, password);
  });
  if (options.json) json({ name, ...(made ? { password } : {}) });
  else if (made) data(password);
  else talk(`Changed the password of ${name}.`);
}

type RoleOptions = Common & { course: string[]; role: 'student' | 'teacher' | 'none'; operator?: boolean };

async function changeRole(name: string, options: RoleOptions): Promise<void> {
  const changed = await withStore(options, async (store) => {
    const users = createUsers(store, Date.now);
    let user = await found(users.findByName(name), name);
    if (options.operator !== undefined) user = await users.setOperator(user.id, options.operator);
    const role = options.role === 'none' ? null : options.role;
    for (const course of options.course) user = await users.setRole(user.id, course, role);
    return user;
  });
  const { operator, roles } = changed;
  if (options.json) json({ name: changed.name, operator, roles });
  else talk(`${changed.name} is now ${describe(operator, roles)}.`);
}

function describe(operator: boolean, roles: Readonly<Record<string, string>>): string {
  const parts = Object.entries(roles).map(([course, role]) => `${role} of ${course}`);
  return [...(operator ? ['operator'] : []), ...parts].join(', ') || 'in no course';
}

async function removeUser(name: string, options: Common): Promise<void> {
  await withStore(options, async (store) => {
    const users = createUsers(store, Date.now);
    await users.remove((await found(users.findByName(name), name)).id);
  });
  if (options.json) json({ name, removed: true });
  else talk(`Removed ${name}.`);
}
