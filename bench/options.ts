/** What is measured for which words on the command line. */
import { tmpdir } from 'node:os';
import { GradeportError } from '../server/rules/errors.ts';
import type { Group } from './context.ts';
import { discovery } from './measures/discovery.ts';
import { memory } from './measures/memory.ts';
import { runs } from './measures/runs.ts';
import { sockets } from './measures/sockets.ts';
import { throughput } from './measures/throughput.ts';

/** What any installation can measure of itself. */
export const OPERATOR_GROUPS: readonly Group[] = [runs, throughput, memory, discovery, sockets];

/** @param only names of groups, with commas; all of them when undefined */
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

/** Where the temporary data goes: the disk of that folder is part of what is measured. */
export const defaultFolder = (): string => tmpdir();
