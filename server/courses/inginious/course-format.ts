/**
 * Whose format a course.yaml has. It decides whether students see what graders print where nothing says so: INGInious
 * shows that to staff only, and its graders rely on it. "format" says it; otherwise keys that only INGInious has.
 */
import { z } from 'zod';
import type { FileProblemReport } from '../task.ts';
import { wants } from '../yaml/values.ts';
import { faultsOf, type YamlFile } from '../yaml/yaml-file.ts';

/** Gradeport manages staff's roles elsewhere, so most of these keys have no effect. */
export const ONLY_INGINIOUS = [
  ...[
    'admins',
    'tutors',
    'allow_preview',
    'use_classrooms',
    'nofrontend',
    'scoreboard',
    'contests',
    'archived',
  ],
  ...['archive_date', 'public', 'task_dispenser', 'dispenser_data'],
];

const schema = z.enum(['gradeport', 'inginious'], wants('gradeport or inginious')).nullish();

type Format = { isInginious: boolean; problems: FileProblemReport[]; notices: FileProblemReport[] };

export function courseFormat(yaml: YamlFile, written: Record<string, unknown>): Format {
  const asked = schema.safeParse(written['format']);
  // Until the file is corrected, what might be for staff only is.
  if (!asked.success)
    return { isInginious: true, problems: faultsOf(yaml, asked.error, ['format']), notices: [] };
  const key = ONLY_INGINIOUS.find((one) => one in written);
  const isInginious = asked.data ? asked.data === 'inginious' : key !== undefined;
  const isSaid = asked.data != null || written['show_output'] != null;
  return { isInginious, problems: [], notices: key === undefined || isSaid ? [] : [taken(yaml, key)] };
}

const taken = (yaml: YamlFile, key: string): FileProblemReport =>
  yaml.fault(
    [key],
    `${key}: only courses of INGInious have it, so this one is read as such, and students do not see what graders print. ` +
      'To decide it, write "show_output: true" or "show_output: false", or "format: gradeport"',
  );
