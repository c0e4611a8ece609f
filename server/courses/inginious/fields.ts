/** "fields" of course.yaml: what a course asks each of its students, for its graders. */
import { z } from 'zod';
import type { FileProblemReport, StudentField } from '../task.ts';
import { asWritten } from '../yaml/text-as-typed.ts';
import { count, text, wants } from '../yaml/values.ts';
import { faultsOf, type YamlFile } from '../yaml/yaml-file.ts';
import { idFault } from './problems.ts';

/** INGInious' numbers for the types. */
const KINDS = new Map<number, StudentField['kind']>([
  [1, 'integer'],
  [2, 'text'],
  [3, 'flag'],
]);
const fieldSchema = z.object(
  { description: text(''), type: count() },
  wants('a map of description and type'),
);

export type FieldsReading = { fields: StudentField[]; notices: FileProblemReport[] };

/** A field with an error is left out. */
export function readFields(yaml: YamlFile, value: unknown): FieldsReading {
  const fields: StudentField[] = [];
  const notices: FileProblemReport[] = [];
  // An editor without fields writes an empty list.
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0))
    return { fields, notices };
  const written = z.record(z.string(), z.unknown(), wants('a map of fields')).safeParse(value);
  if (!written.success) return { fields, notices: faultsOf(yaml, written.error, ['fields']) };
  for (const [id, field] of Object.entries(written.data)) {
    const path = ['fields', id];
    const read = fieldSchema.safeParse(asWritten(yaml, path, field));
    const kind = read.success ? KINDS.get(read.data.type) : undefined;
    const bad = idFault(id);
    if (bad) notices.push(yaml.fault(path, `${path.join('.')}: ${bad}`));
    else if (!read.success) notices.push(...faultsOf(yaml, read.error, path));
    else if (kind) fields.push({ id, description: read.data.description || id, kind });
    else
      notices.push(
        yaml.fault(
          [...path, 'type'],
          `${path.join('.')}.type: expected 1 (whole number), 2 (text) or 3 (yes or no)`,
        ),
      );
  }
  return { fields, notices };
}
