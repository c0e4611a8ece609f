/** Keys without effect: tolerated, because real files have them, but reported, because some are misspelt. */

import { nearest } from '../../text/nearest.ts';
import type { FileProblemReport } from '../task.ts';
import type { Path, YamlFile } from './yaml-file.ts';

/** Readers would ignore a longer list. */
const MAX_NOTICES = 20;

/** @param known every key that has a meaning, or that old editors leave behind */
export function unknownKeys(yaml: YamlFile, path: Path, known: readonly string[]): FileProblemReport[] {
  const seen = new Set<string>();
  const notices: FileProblemReport[] = [];
  for (const key of yaml.keys(path)) {
    if (notices.length === MAX_NOTICES) break;
    const place = [...path, key];
    const name = place.map(String).join('.').slice(0, 200);
    if (!seen.has(key) && !known.includes(key))
      notices.push(yaml.fault(place, `${name}: ${unknown(key, known)}`));
    seen.add(key);
  }
  return notices;
}

function unknown(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  return meant === null ? 'this key is not known and has no effect' : `not known; did you mean "${meant}"?`;
}
