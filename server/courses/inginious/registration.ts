/** Which users may join a course on their own: INGInious' "registration" keys of course.yaml. */
import { z } from 'zod';
import type { FileProblemReport, Registration } from '../task.ts';
import { flag, text, words } from '../yaml/values.ts';
import { faultsOf, type YamlFile } from '../yaml/yaml-file.ts';
import { accessSchema } from './task-settings.ts';

const schema = z.object({
  registration: accessSchema,
  registration_password: text(''),
  /** The kind of entries in the list: user names, e-mail addresses or accounts elsewhere. */
  registration_ac: text(''),
  registration_ac_accept: flag(true),
  registration_ac_list: words([]),
});

const LISTS = new Map<string, 'name' | 'email'>([
  ['username', 'name'],
  ['email', 'email'],
]);

export type RegistrationReading = { registration: Registration | null; notices: FileProblemReport[] };
const CLOSED: RegistrationReading = { registration: null, notices: [] };

/**
 * Without the key no user joins on their own, unlike in INGInious: a course that says nothing is not open to all.
 * An error here closes the registration, but nothing else of the course.
 */
export function readRegistration(yaml: YamlFile, written: Record<string, unknown>): RegistrationReading {
  if (written['registration'] == null) return CLOSED;
  const read = schema.safeParse(written);
  if (!read.success) return { ...CLOSED, notices: faultsOf(yaml, read.error).map(closed) };
  const { registration: access, registration_ac: kind } = read.data;
  if (!access.open) return CLOSED;
  const common = { access, password: read.data.registration_password || null };
  const { registration_ac_accept: accept, registration_ac_list: names } = read.data;
  if (kind === '' || kind === 'None') return { registration: { ...common, list: null }, notices: [] };
  const of = LISTS.get(kind);
  if (of) return { registration: { ...common, list: { of, accept, names } }, notices: [] };
  const sentence =
    kind === 'binding'
      ? 'registration_ac: "binding" asks for accounts elsewhere, and people sign in here'
      : `registration_ac: expected username or email; "${kind.slice(0, 100)}" cannot be checked`;
  return { ...CLOSED, notices: [closed(yaml.fault(['registration_ac'], sentence))] };
}

const closed = (fault: FileProblemReport): FileProblemReport => ({
  ...fault,
  message: `${fault.message}. Until this is corrected, students cannot join the course on their own`,
});
