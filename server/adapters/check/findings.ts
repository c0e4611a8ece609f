/** Checks that both kinds of store have, in the same words. */
import { SCHEMA_VERSION } from '../../model/schema-version.ts';
import { halfDone, type Mark } from '../documents/mark.ts';
import { type Finding, fault, fine, named } from './finding.ts';

export const halfDoneFinding = (shown: string, mark: Mark): Finding =>
  fault(
    'half done',
    halfDone(shown, mark).message,
    `gradeport ${mark.by}, or: gradeport store abandon ${shown}`,
  );

export const schemaFinding = (version: number): Finding =>
  version <= SCHEMA_VERSION
    ? fine('schema', `Version ${version}.`)
    : fault(
        'schema',
        `Version ${version}; this Gradeport knows ${SCHEMA_VERSION}.`,
        'Use the newer Gradeport that wrote it, or restore an older backup.',
      );

export function indexFinding(missing: readonly string[], isRepaired: boolean): Finding {
  if (missing.length === 0) return fine('indexes', 'All are there.');
  if (isRepaired) return fine('indexes', `${missing.length} were made: ${named(missing)}.`);
  const sentence = `${missing.length} are missing or different: ${named(missing)}.`;
  return fault(
    'indexes',
    sentence,
    'gradeport store check --repair makes them; so does a start of the server.',
  );
}
