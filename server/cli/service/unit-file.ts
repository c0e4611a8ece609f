/** The unit's file: only one that Gradeport wrote is replaced, read or removed. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { GradeportError } from '../../rules/errors.ts';
import type { Machine } from './machine.ts';
import { FACTS, MARK } from './unit.ts';

const NAME = /^[a-z][a-z0-9-]{0,40}$/;
const MOST_BYTES = 64 * 1024;
const factsSchema = z.object({ data: z.string(), address: z.string() });

export type Installed = { unit: string; file: string; data: string; address: string };

/** @param name tells services of several installations apart; undefined: there is one */
export function unitOf(name: string | undefined): string {
  if (name === undefined) return 'gradeport.service';
  if (NAME.test(name)) return `gradeport-${name}.service`;
  throw new GradeportError(
    'usage',
    `--name must be small letters, digits and hyphens, such as "exam" for the unit gradeport-exam.service, not ${JSON.stringify(name)}.`,
  );
}

/** @returns null: there is none. @throws GradeportError "conflict": there is one, and Gradeport did not write it */
export function readInstalled(machine: Machine, unit: string): Installed | null {
  const file = join(machine.units, unit);
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (!found) return null;
  const text = found.isFile() && found.size <= MOST_BYTES ? readFileSync(file, 'utf8') : '';
  const [mark, line = ''] = text.split('\n');
  const facts = mark === MARK && line.startsWith(FACTS) ? factsIn(line.slice(FACTS.length)) : null;
  if (facts !== null) return { unit, file, ...facts };
  throw new GradeportError(
    'conflict',
    `${file} was not written by Gradeport, and stays as it is. Move it away, or choose another name with --name.`,
  );
}

function factsIn(text: string): z.infer<typeof factsSchema> | null {
  try {
    return factsSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** systemd reads the old file or the new one, also after a power cut. */
export function replaceUnit(file: string, text: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(draft, text, { flag: 'wx', mode: 0o644, flush: true });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
  syncFolder(dirname(file));
}

export function removeUnit(file: string): void {
  rmSync(file);
  syncFolder(dirname(file));
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
