/** gradeport service install: writes the unit, checks it, enables it, and waits until the server answers. */
import { lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { GradeportError } from '../../rules/errors.ts';
import { askHealth } from '../doctor/web.ts';
import { createProgress, data, json, talk } from '../ui/terminal.ts';
import { needAccess, warnOfOwner } from './access.ts';
import { lastLines, type Machine, needRootOfSystemd, stateOf, systemctl, thisMachine } from './machine.ts';
import { type PlanOptions, planUnit } from './plan.ts';
import { type UnitPlan, unitText } from './unit.ts';
import { readInstalled, replaceUnit, unitOf } from './unit-file.ts';

export type InstallOptions = PlanOptions & {
  name?: string;
  print?: boolean;
  start?: boolean;
  json?: boolean;
};

/** How long the server may take until it answers; a migration of the store goes on beyond that. */
const PATIENCE_MS = 120_000;
const STEP_MS = 500;

export async function install(
  { name, print, start = true, json: asJson, ...options }: InstallOptions,
  machine: Machine = thisMachine,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const unit = unitOf(name);
  const environmentFile = join(machine.settings, `${basename(unit, '.service')}.env`);
  const plan = planUnit(options, { unit, environmentFile, env: process.env });
  const file = join(machine.units, unit);
  const text = `${unitText(plan)}\n`;
  if (print) return asJson ? json({ unit, file, text }) : data(text);
  needRootOfSystemd(machine);
  needOwnName(machine, unit, file);
  needPrivate(environmentFile);
  needAccess(machine, plan);
  needGoodUnit(machine, unit, text);
  replaceUnit(file, text);
  systemctl(machine, 'daemon-reload');
  systemctl(machine, 'enable', '--', unit);
  const warning = warnOfOwner(plan);
  if (warning !== null) talk(warning);
  // Not "enable --now": that leaves a server with other settings running, and waits for one that does not come up.
  const state = start ? await startAndWait(machine, plan, patienceMs) : 'not started';
  if (asJson) return json({ unit, file, data: plan.data, address: plan.address, state });
  data(plan.address);
  talk(
    start
      ? `${unit} runs and starts with the machine. Its log: journalctl -u ${unit} -f`
      : `${unit} starts with the machine. To start it now: systemctl start ${unit}`,
  );
}

/** Also a unit elsewhere, such as one of a package, would be overridden. */
function needOwnName(machine: Machine, unit: string, file: string): void {
  if (readInstalled(machine, unit) !== null) return;
  const { FragmentPath: elsewhere = '' } = stateOf(machine, unit);
  if (elsewhere === '' || elsewhere === file) return;
  throw new GradeportError(
    'conflict',
    `There is a unit ${unit} at ${elsewhere}, which Gradeport did not write. Choose another name with --name.`,
  );
}

function needPrivate(environmentFile: string): void {
  const found = lstatSync(environmentFile, { throwIfNoEntry: false });
  if (!found || (found.isFile() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0)) return;
  throw new GradeportError(
    'denied',
    `${environmentFile} holds secrets, and others than root can read or change it: sudo chown root ${environmentFile}; ` +
      `sudo chmod 600 ${environmentFile}. Then run this command again.`,
  );
}

/** Before the unit takes its place. Warnings are printed, and those about other units of the machine are left out. */
function needGoodUnit(machine: Machine, unit: string, text: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'gradeport-unit-'));
  try {
    const draft = join(folder, unit);
    writeFileSync(draft, text, { flag: 'wx', mode: 0o600 });
    const { code, out } = machine.run('systemd-analyze', ['verify', '--', draft]);
    if (code === null) talk('There is no program systemd-analyze, so the unit was not checked.');
    const about = out.split('\n').filter((line) => line.includes(unit));
    if (code === 0) about.forEach(talk);
    if (code === 0 || code === null) return;
    const said = (about.length > 0 ? about : [out]).join('\n');
    throw new GradeportError(
      'internal',
      `systemd refuses the unit, and nothing was changed. Choose other paths, or report this:\n${said}`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function startAndWait(machine: Machine, plan: UnitPlan, patienceMs: number): Promise<'running'> {
  const { unit, address } = plan;
  // Earlier failed starts count; a unit that never ran has none, which systemctl calls a failure.
  machine.run('systemctl', ['reset-failed', '--', unit]);
  const { MainPID: before } = stateOf(machine, unit);
  systemctl(machine, 'restart', '--no-block', '--', unit);
  const progress = createProgress();
  const until = performance.now() + patienceMs;
  try {
    while (performance.now() < until) {
      const state = stateOf(machine, unit);
      if (hasFailed(state)) throw notStarted(machine, plan, 'did not start');
      // A server that ran before answers until systemd stops it.
      const isNew = state['ActiveState'] === 'active' && state['MainPID'] !== before;
      const health = isNew ? await askHealth(address) : null;
      if (health?.engine === false)
        talk('The server runs, but the container engine does not answer it: gradeport doctor says why.');
      if (health) return 'running';
      progress.line(`Waiting for ${address} …`);
      await pause(STEP_MS);
    }
  } finally {
    progress.end();
  }
  throw notStarted(
    machine,
    plan,
    `does not answer at ${address} after ${Math.round(patienceMs / 1000)} seconds`,
  );
}

/** Between two starts it is "activating", too. */
const hasFailed = ({ ActiveState, SubState, NRestarts }: Record<string, string>): boolean =>
  ActiveState === 'failed' || SubState === 'auto-restart' || Number(NRestarts ?? 0) > 0;

function notStarted(machine: Machine, { unit }: UnitPlan, what: string): GradeportError {
  const lines = lastLines(machine, unit);
  talk(lines === '' ? 'Its journal is empty.' : `The last lines of its journal:\n${lines}`);
  return new GradeportError(
    'internal',
    `The service ${unit} ${what}. Correct what its journal says (journalctl -u ${unit}), then run the same command again, ` +
      'or take the service away: gradeport service uninstall.',
  );
}
