/** gradeport service install | uninstall | status: the server as a service of systemd. */
import { Command } from 'commander';
import { withServerOptions } from '../serve/serve.ts';
import type { InstallOptions } from './install.ts';
import type { NameOptions } from './look.ts';

export function serviceCommand(): Command {
  const service = new Command('service').description(
    'the server as a service of systemd, which starts it with the machine and again after a failure',
  );
  const named = (command: Command) =>
    command
      .option('--name <name>', 'of a second installation: its unit is gradeport-<name>.service')
      .option('--json', 'print a JSON object');
  withServerOptions(named(service.command('install')))
    .description('write the unit, check it, enable it, start it, and wait until the server answers')
    .option(
      '--user <user>',
      'run the server as this user, confined; the user needs access to the engine (default: root, not confined)',
    )
    .option('--group <group>', 'with --user: the main group (default: that of the user)')
    .option('--print', 'print the unit, and change nothing; works without root and without systemd')
    .option('--no-start', 'do not start the server now')
    .addHelpText('after', INSTALL_NOTES)
    .action(async (options: InstallOptions) => (await import('./install.ts')).install(options));
  named(service.command('uninstall'))
    .description('stop the server and remove its unit; the data stays')
    .addHelpText(
      'after',
      '\nExamples:\n  gradeport service uninstall\n  gradeport service uninstall --name exam',
    )
    .action(async (options: NameOptions) => (await import('./look.ts')).uninstall(options));
  named(service.command('status'))
    .description('show whether the service runs and its server answers')
    .addHelpText('after', STATUS_NOTES)
    .action(async (options: NameOptions) => (await import('./look.ts')).status(options));
  return service;
}

const INSTALL_NOTES = `
Examples:
  gradeport service install --data /srv/gradeport
  gradeport service install --data /srv/gradeport --user gradeport --public-url https://grade.example.org
  gradeport service install --name exam --port 8081 --data /srv/exam --config /etc/gradeport/exam.yaml
  gradeport service install --print
Variables GRADEPORT_… of this command go into the unit, too; secrets belong into /etc/gradeport/<unit>.env.
Run it again to change the service. Exit codes: 0 it runs · 1 it does not start, or Gradeport did not write the unit · 2 usage ·
3 not root, or closed folders · 4 no such user · 5 systemd does not run here.`;

const STATUS_NOTES = `
Examples:
  gradeport service status
  gradeport service status --name exam --json | jq .answers
Exit codes: 0 the server answers · 1 it does not · 4 no such service · 5 systemd does not run here.`;
