/** systemd and its programs on this machine: the one place that calls them. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { GradeportError } from '../../rules/errors.ts';

/** code: null where there is no such program. */
type Ran = { code: number | null; out: string };

export type Machine = {
  /** Where units of the operator are. */
  units: string;
  /** Where files with secrets of services are. */
  settings: string;
  runsSystemd(): boolean;
  isRoot(): boolean;
  run(program: string, args: readonly string[]): Ran;
};

const LONGEST_MS = 120_000;
const MOST_BYTES = 2 ** 20;

export const thisMachine: Machine = {
  units: '/etc/systemd/system',
  settings: '/etc/gradeport',
  // As sd_booted(3) looks.
  runsSystemd: () => existsSync('/run/systemd/system'),
  isRoot: () => process.getuid?.() === 0,
  run,
};

function run(program: string, args: readonly string[]): Ran {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', SYSTEMD_COLORS: '0', SYSTEMD_PAGER: '' },
    timeout: LONGEST_MS,
    maxBuffer: MOST_BYTES,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error && 'code' in error && error.code === 'ENOENT') return { code: null, out: '' };
  // A program that a signal ended did not succeed.
  return { code: status ?? 1, out: `${stdout ?? ''}${stderr ?? ''}`.trim() };
}

/** @throws GradeportError with what systemctl said */
export function systemctl(machine: Machine, ...args: readonly string[]): string {
  const { code, out } = machine.run('systemctl', args);
  if (code === 0) return out;
  const call = `systemctl ${args.join(' ')}`;
  const said = code === null ? 'there is no such program' : out || `exit code ${code}`;
  throw new GradeportError(
    'internal',
    `"${call}" failed: ${said}. Correct that, then run this command again.`,
  );
}

/** What systemd knows of a unit; all empty where there is none. */
export function stateOf(machine: Machine, unit: string): Record<string, string> {
  const wanted =
    'FragmentPath,ActiveState,SubState,UnitFileState,Result,NRestarts,MainPID,ActiveEnterTimestamp';
  const lines = systemctl(machine, 'show', `--property=${wanted}`, '--', unit).split('\n');
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

const LINES = 20;

/** @returns what the service said last; empty where the journal is not readable */
export function lastLines(machine: Machine, unit: string): string {
  const args = [`--unit=${unit}`, `--lines=${LINES}`, '--no-pager', '--output=cat', '--quiet'];
  const { code, out } = machine.run('journalctl', args);
  return code === 0 ? out : '';
}

/** @throws GradeportError where services cannot be changed */
export function needRootOfSystemd(machine: Machine): void {
  needSystemd(machine);
  if (machine.isRoot()) return;
  throw new GradeportError(
    'denied',
    'Only root can change services of the machine: run the same command with sudo. With --user <name> the server ' +
      'then runs as that user. "gradeport service install --print" shows the unit, without root.',
  );
}

export function needSystemd(machine: Machine): void {
  if (machine.runsSystemd()) return;
  throw new GradeportError(
    'unreachable',
    'systemd does not run on this machine, so Gradeport cannot be a service of it. "gradeport service install --print" shows ' +
      'the unit; "gradeport serve" starts the server.',
  );
}
