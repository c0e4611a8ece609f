/** What all stores share about blobs, bytes that are named by their SHA-256: their key, their bound, and refusals. */
import { createHash } from 'node:crypto';
import { GradeportError } from '../../rules/errors.ts';

export const BLOB_KEY = /^[0-9a-f]{64}$/;
export const MAX_BLOB_BYTES = 256 * 2 ** 20;
export const hashOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

export const noSuchBlob = (key: string): GradeportError =>
  new GradeportError('not-found', `There is no stored file "${key.slice(0, 80)}".`);
export const blobTooLarge = (size: number, limit: number): GradeportError =>
  new GradeportError('too-large', `A stored file may have ${limit} bytes; this one has ${size}.`);
export const damagedBlob = (key: string): GradeportError =>
  new GradeportError('internal', `The stored file ${key} is damaged: restore it from a backup.`);
