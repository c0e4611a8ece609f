/** Whether the service's user can read the code and write its data; asked as that user. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { makeDataFolder } from '../../adapters/sqlite/folder/data-folder.ts';
import { GradeportError } from '../../rules/errors.ts';
import { quoted } from '../shell/model.ts';
import type { Machine } from './machine.ts';
import type { UnitPlan } from './unit.ts';

/** Runs as the user, so that a folder of the user's cannot lead root elsewhere. Prints the first path that is closed. */
const PROBE = `
const fs = require('node:fs');
const [data, pages, ...code] = process.argv.slice(1);
for (const path of code) try { fs.accessSync(path, fs.constants.R_OK); } catch { console.log(path); process.exit(3); }
const need = (folder, mode, code) => {
  try {
    fs.mkdirSync(folder, { recursive: true, mode });
    fs.accessSync(folder, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
  } catch { process.exit(code); }
};
need(data, 0o700, 4);
need(pages, 0o755, 5);`;

const LONGEST_MS = 30_000;

/** Makes the data folder where it is missing. @throws GradeportError that says what to change */
export function needAccess(machine: Machine, plan: UnitPlan): void {
  if (plan.user === null) makeDataFolder(plan.data);
  else needAccessOf(plan.user.name, machine, plan);
}

function needAccessOf(name: string, machine: Machine, { data, node, args, folder }: UnitPlan): void {
  const [uid, gid] = [idOf(machine, name, '-u'), idOf(machine, name, '-g')];
  const pages = join(folder, 'web/dist');
  const [script = ''] = args;
  const config = args.includes('--config') ? args[args.indexOf('--config') + 1] : undefined;
  const code = config === undefined ? [script] : [script, config];
  const { error, status, stdout } = spawnSync(node, ['-e', PROBE, data, pages, ...code], {
    uid,
    gid,
    cwd: '/',
    env: {},
    encoding: 'utf8',
    timeout: LONGEST_MS,
  });
  if (status === 0) return;
  if (error || status === 3) {
    const closed = error ? node : stdout.trim();
    throw new GradeportError(
      'denied',
      `The user ${name} cannot read ${closed}. Give that user the right to, or put Gradeport (${folder}) where every user may read, such as /opt.`,
    );
  }
  if (status === 5) {
    throw new GradeportError(
      'denied',
      `The user ${name} cannot write in ${pages}, where the server builds scripts and styles after an upgrade. ` +
        `Give it to that user: sudo install -d ${quoted(pages)}; sudo chown -R ${name} ${quoted(pages)}`,
    );
  }
  throw new GradeportError(
    'denied',
    `The user ${name} cannot write in the data folder ${data}. Make it for that user (sudo install -d -m 700 -o ${name} ${quoted(data)}), ` +
      `give it to that user (sudo chown -R ${name} ${quoted(data)}), or choose another folder with --data.`,
  );
}

function idOf(machine: Machine, name: string, which: '-u' | '-g'): number {
  const { code, out } = machine.run('id', [which, '--', name]);
  if (code === 0 && /^\d+$/.test(out)) return Number(out);
  throw new GradeportError(
    'not-found',
    `This machine has no user ${name}. Make it (sudo useradd --system --groups docker ${name}), or choose another one with --user.`,
  );
}

/** @returns a sentence where others could change what root runs */
export function warnOfOwner({ user, folder }: UnitPlan): string | null {
  const { uid, mode } = statSync(folder);
  if (user !== null || (uid === 0 && (mode & 0o022) === 0)) return null;
  return `The service runs as root what is in ${folder}, and others than root may change that. Give the folder to root, or use --user.`;
}
