/** gradeport store copy | backup | restore | check | abandon: copies, backups and checks of the store. */
import { Command } from 'commander';
import type { BackupOptions, CheckOptions, CopyOptions, PlaceOptions, RestoreOptions } from './run.ts';

const run = () => import('./run.ts');
const CONFIGURED =
  'a data folder, mongodb://host/database, or "configured" (what --config, GRADEPORT_STORE or --data say)';

export function storeCommand(): Command {
  const store = new Command('store').description(
    'accounts, submissions, runs and uploads: move them, back them up, restore them, check them',
  );
  const placed = (command: Command) =>
    command
      .option('--data <folder>', 'data folder of the installation')
      .option('--config <file>', 'YAML configuration file (default: what GRADEPORT_CONFIG says)')
      .option('--json', 'print JSON');
  placed(store.command('copy'))
    .description('copy one store into another, either way; run again, it goes on where it stopped')
    .argument('<from>', CONFIGURED)
    .argument('<to>', 'the same')
    .option('--replace', 'take away what the other store holds, once everything is there')
    .option('--allow-missing', 'go on without uploads that the store has lost')
    .addHelpText('after', COPY_NOTES)
    .action(async (from: string, to: string, options: CopyOptions) => (await run()).copy(from, to, options));
  placed(store.command('backup'))
    .description('write the store into one file, also while the server runs')
    .argument('<file>', 'a new file, such as /srv/backup/gradeport.tar.gz')
    .option('--allow-missing', 'go on without uploads that the store has lost')
    .addHelpText('after', BACKUP_NOTES)
    .action(async (file: string, options: BackupOptions) => (await run()).backup(file, options));
  placed(store.command('restore'))
    .description('restore a backup, of either kind of store; the server must be stopped')
    .argument(
      '<file>',
      'what "store backup" wrote; or backups/ of the data folder, for what the last migration of MongoDB wrote there',
    )
    .option('--replace', 'take away what the store holds, once everything is there')
    .addHelpText('after', RESTORE_NOTES)
    .action(async (file: string, options: RestoreOptions) => (await run()).restore(file, options));
  placed(store.command('check'))
    .description('look at indexes, documents, what they name, and uploads; works while the server runs')
    .argument('[store]', CONFIGURED, 'configured')
    .option('--repair', 'make missing indexes; remove unfinished uploads that are older than a day')
    .addHelpText('after', CHECK_NOTES)
    .action(async (place: string, options: CheckOptions) => (await run()).check(place, options));
  placed(store.command('abandon'))
    .description('give up a copy or a restore that did not end; what was there before stays')
    .argument('[store]', CONFIGURED, 'configured')
    .addHelpText('after', '\nExample:\n  gradeport store abandon /srv/gradeport')
    .action(async (place: string, options: PlaceOptions) => (await run()).abandon(place, options));
  return store;
}

const COPY_NOTES = `
Examples:
  gradeport store copy /srv/gradeport mongodb://db.example.org/gradeport
  GRADEPORT_STORE=$(cat store-address) gradeport store copy /srv/gradeport configured
  gradeport store copy mongodb://db.example.org/gradeport /srv/gradeport
Stop the server first. Both stores are compared before the copy takes effect; the first one stays as it is.
A password in an address can be read in the list of processes: give the address in GRADEPORT_STORE.`;

const BACKUP_NOTES = `
Examples:
  gradeport store backup /srv/backup/gradeport-$(date +%F).tar.gz
  gradeport store backup --data /srv/gradeport before-upgrade.tar.gz
Everything that was accepted before it begins is in it. It holds password hashes and answers: keep it secret.
Courses, images and passwords of registries are files beside the store: see docs/database.md.`;

const RESTORE_NOTES = `
Examples:
  gradeport store restore /srv/backup/gradeport-2026-11-20.tar.gz
  gradeport store restore --replace before-upgrade.tar.gz
All of the file is checked before anything is changed. Run again after a failure, it goes on where it stopped.`;

const CHECK_NOTES = `
Examples:
  gradeport store check
  gradeport store check --json | jq -r '.[] | select(.state != "ok") | .sentence'
A state is ok, warn or fail.
Exit codes: 0 all is well · 1 something was found · 4 there is no store · 5 the database does not answer.`;
