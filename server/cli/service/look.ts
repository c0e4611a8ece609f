/** gradeport service status and uninstall: only units that Gradeport wrote. */
import { GradeportError } from '../../rules/errors.ts';
import { askHealth } from '../doctor/web.ts';
import { data, harmless, json, table, talk } from '../ui/terminal.ts';
import { type Machine, needRootOfSystemd, needSystemd, stateOf, systemctl, thisMachine } from './machine.ts';
import { type Installed, readInstalled, removeUnit, unitOf } from './unit-file.ts';

export type NameOptions = { name?: string; json?: boolean };

function installedOf(machine: Machine, name: string | undefined): Installed {
  const unit = unitOf(name);
  const installed = readInstalled(machine, unit);
  if (installed !== null) return installed;
  throw new GradeportError(
    'not-found',
    `There is no service ${unit}. Install it (gradeport service install), or name another one with --name.`,
  );
}

/** The exit code is 1 while the server does not answer. */
export async function status(
  { name, json: asJson }: NameOptions,
  machine: Machine = thisMachine,
): Promise<void> {
  needSystemd(machine);
  const installed = installedOf(machine, name);
  const state = stateOf(machine, installed.unit);
  const isActive = state['ActiveState'] === 'active';
  const health = isActive ? await askHealth(installed.address) : null;
  const found = {
    ...installed,
    active: state['ActiveState'] ?? '',
    enabled: state['UnitFileState'] ?? '',
    since: isActive ? (state['ActiveEnterTimestamp'] ?? null) : null,
    restarts: Number(state['NRestarts'] ?? 0),
    answers: health !== null,
    engine: health?.engine ?? null,
  };
  if (health === null) process.exitCode = 1;
  if (asJson) return json(found);
  const rows = Object.entries(found).map(([key, value]) => [key, harmless(String(value ?? '-'))]);
  data(table(['WHAT', 'VALUE'], rows));
  if (health === null) talk(`The server does not answer. Its log: journalctl -u ${installed.unit} -n 50`);
}

export function uninstall({ name, json: asJson }: NameOptions, machine: Machine = thisMachine): void {
  needRootOfSystemd(machine);
  const { unit, file, data: folder } = installedOf(machine, name);
  systemctl(machine, 'disable', '--now', '--', unit);
  removeUnit(file);
  systemctl(machine, 'daemon-reload');
  // A failed unit is listed until then; one that did not fail is none, which systemctl calls a failure.
  machine.run('systemctl', ['reset-failed', '--', unit]);
  if (asJson) json({ unit, file, data: folder, removed: true });
  else talk(`${unit} is stopped and removed. The data folder ${folder} is as it was.`);
}
