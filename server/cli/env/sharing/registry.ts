/** gradeport registry login | logout | list: users and passwords for private registries. */
import { Command } from 'commander';
import { loadConfig } from '../../../config/config.ts';
import { createCredentials } from '../../../environments/registries/credentials.ts';
import { forgetLogin, keepLogin, listRegistries } from '../../../environments/registries/registry-verbs.ts';
import { granted } from '../../../model/verb.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { whoRunsThis } from '../../local/who-runs-this.ts';
import { readFirstLine } from '../../ui/first-line.ts';
import { data, harmless, json, table, talk } from '../../ui/terminal.ts';
import type { DataOption } from './with-sharing.ts';

type JsonOption = { json?: boolean };
type LoginOptions = DataOption & JsonOption & { user?: string; passwordStdin?: boolean };

export function registryCommand(): Command {
  const registry = new Command('registry').description(
    'users and passwords for private registries; works while the server runs',
  );
  const shared = (command: Command) =>
    command.option('--data <folder>', 'data folder of the installation').option('--json', 'print JSON');
  shared(registry.command('login'))
    .description('keep a user and a password for a registry, encrypted; nothing shows the password again')
    .argument('<host>', 'such as registry.example.org or localhost:5000')
    .option('--user <name>', 'the user at that registry')
    .option('--password-stdin', 'read the password, or an access token, from the first line of stdin')
    .addHelpText('after', EXAMPLE)
    .action(login);
  shared(registry.command('logout'))
    .description('forget what is kept for a registry')
    .argument('<host>', 'as "registry list" has it')
    .addHelpText('after', '\nExample:\n  gradeport registry logout registry.example.org')
    .action(logout);
  shared(registry.command('list'))
    .description('the registries that a user is kept for')
    .addHelpText('after', '\nExample:\n  gradeport registry list --json')
    .action(list);
  return registry;
}

const EXAMPLE = `
Example:
  gradeport registry login registry.example.org --user course --password-stdin < token.txt`;

function open({ data: folder }: DataOption) {
  const config = loadConfig({ data: folder });
  return { credentials: createCredentials(config.data, config.registryKey, Date.now) };
}

async function login(host: string, options: LoginOptions): Promise<void> {
  if (!options.user) throw new GradeportError('usage', 'Say whose password it is: --user <name>.');
  // As an option, the password would appear in the list of processes and in the shell's history.
  if (!options.passwordStdin) {
    throw new GradeportError('usage', 'Give the password on stdin, and say so with --password-stdin.');
  }
  const login = { host, user: options.user, password: await readFirstLine() };
  const saved = await granted(keepLogin(open(options), whoRunsThis(), login));
  if (options.json) return json(saved);
  talk(
    `The password of ${harmless(saved.user)} for ${saved.host} is kept, encrypted. The next pull or push tries it.`,
  );
}

async function logout(host: string, options: DataOption & JsonOption): Promise<void> {
  await granted(forgetLogin(open(options), whoRunsThis(), { host }));
  if (options.json) return json({ host });
  talk(`Nothing is kept for ${host} any more.`);
}

async function list(options: DataOption & JsonOption): Promise<void> {
  const known = await granted(listRegistries(open(options), whoRunsThis(), {}));
  if (options.json) return json(known);
  if (known.length === 0) {
    return talk(
      'No registry is known. For a private one: gradeport registry login <host> --user <name> --password-stdin',
    );
  }
  const rows = known.map(({ host, user, by, at }) => [
    host,
    harmless(user),
    harmless(by ?? '-'),
    at.slice(0, 10),
  ]);
  data(table(['REGISTRY', 'USER', 'BY', 'SINCE'], rows));
}
