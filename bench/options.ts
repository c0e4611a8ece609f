/** Maps command line options to groups of measures. */
import { tmpdir } from 'node:os';
import { GradeportError } from '../server/rules/errors.ts';
import type { Group } from './context.ts';
import { discovery } from './measures/discovery.ts';
import { memory } from './measures/memory.ts';
import { runs } from './measures/runs.ts';
import { sockets } from './measures/sockets.ts';
import { throughput } from './measures/throughput.ts';
import { ways } from './measures/ways.ts';

/** The groups that any installation can run. */
export const OPERATOR_GROUPS: readonly Group[] = [runs, ways, throughput, memory, discovery, sockets];

/** @param only names of groups, separated by commas; undefined: all */
export function chosen(groups: readonly Group[], only: string | undefined): Group[] {
  if (only === undefined) return [...groups];
  const names = only.split(',').map((name) => name.trim());
  const known = groups.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new GradeportError(
      'usage',
      `There is no measure "${unknown.join(', ')}"; there is ${known.join(', ')}.`,
    );
  }
  return groups.filter(({ name }) => names.includes(name));
}

/** The folder for temporary data, whose disk is part of what is measured. */
export const defaultFolder = (): string => tmpdir();
