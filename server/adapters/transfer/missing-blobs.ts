/** Uploads that submissions name and the store does not have, or has damaged. */

import type { Blobs } from '../../ports/store.ts';
import { GradeportError } from '../../rules/errors.ts';

const NAMED = 5;

/** null: the blob is missing or damaged. */
export async function readBlob(blobs: Blobs, key: string): Promise<Buffer | null> {
  try {
    return await blobs.get(key);
  } catch (error) {
    const isLost = error instanceof GradeportError && ['not-found', 'internal'].includes(error.code);
    if (isLost) return null;
    throw error;
  }
}

export function missingBlobs(shown: string, keys: readonly string[]): GradeportError {
  const named = keys.slice(0, NAMED).join(', ');
  const more = keys.length > NAMED ? ` and ${keys.length - NAMED} more` : '';
  return new GradeportError(
    'conflict',
    `${shown} lacks uploads that submissions name, or has them damaged: ${named}${more}. Bring them back from an ` +
      'earlier backup, or go on without them with --allow-missing.',
  );
}
