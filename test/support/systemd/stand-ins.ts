/**
 * Stand-ins for systemd's programs, first on the PATH: they record their calls, and answer what a test wrote down. What the
 * real systemd does with a unit is not tried with them.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Machine, thisMachine } from '../../../server/cli/service/machine.ts';

export type StandIns = {
  machine: Machine;
  folder: string;
  /** Each call, without the options that every one has. */
  calls(): string[];
  /** What "systemctl show" answers: now, or once the server was started. */
  state(when: 'now' | 'started', state: Record<string, string>): void;
  /** Lets a program print something and end with a code. */
  answer(program: string, code: number, text: string): void;
} & Disposable;

export function standIns(): StandIns {
  const folder = mkdtempSync(join(tmpdir(), 'gradeport-service-'));
  const path = process.env['PATH'];
  const [bin, units] = [join(folder, 'bin'), join(folder, 'units')];
  for (const one of [bin, units]) mkdirSync(one);
  process.env['PATH'] = `${bin}:${path}`;
  const write = (program: string, script: string) => {
    const file = join(bin, program);
    writeFileSync(file, `#!/bin/sh\ncd '${folder}'\necho "${program} $*" >> calls\n${script}\n`);
    chmodSync(file, 0o755);
  };
  const state: StandIns['state'] = (when, values) => {
    const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(folder, `state-${when}`), lines.join(''));
  };
  state('now', { ActiveState: 'inactive', MainPID: '0', NRestarts: '0', FragmentPath: '' });
  state('started', { ActiveState: 'active', MainPID: '42', NRestarts: '0', FragmentPath: '' });
  write('systemctl', 'case $1 in show) cat state-now ;; restart) cp state-started state-now ;; esac');
  write('systemd-analyze', '');
  write('journalctl', 'echo "the last line of the journal"');
  return {
    machine: { ...thisMachine, units, settings: folder, runsSystemd: () => true, isRoot: () => true },
    folder,
    calls: () =>
      existsSync(join(folder, 'calls'))
        ? readFileSync(join(folder, 'calls'), 'utf8')
            .trim()
            .split('\n')
            .map((call) => call.replace(/ (--property|--lines)=\S+| --no-pager| --output=cat| --quiet/g, ''))
        : [],
    state,
    answer: (program, code, text) => {
      writeFileSync(join(folder, `said-${program}`), text);
      write(program, `cat 'said-${program}'\nexit ${code}`);
    },
    [Symbol.dispose]() {
      process.env['PATH'] = path;
      rmSync(folder, { recursive: true });
    },
  };
}
