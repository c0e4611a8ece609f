/** Bytes of what users store, without writing it as JSON first. */
import type { SubmittedAnswer, SubmittedAnswers } from '../../model/answers.ts';

export const sizeOfAnswers = (answers: SubmittedAnswers): number =>
  [...answers.values()].reduce((bytes, answer) => bytes + bytesOf(answer), 0);

function bytesOf(answer: SubmittedAnswer): number {
  if (typeof answer === 'string') return Buffer.byteLength(answer);
  if (Array.isArray(answer)) return Buffer.byteLength(answer.join());
  return Buffer.byteLength(answer.filename) + answer.content.byteLength;
}

/** A number, a true or a null. */
const OTHER_BYTES = 8;

/** Of a stored document or a part of it. A file counts with its bytes, which are elsewhere. */
export function sizeOfValue(value: unknown): number {
  let bytes = 0;
  // No recursion: what graders report may be nested.
  const rest: unknown[] = [value];
  while (rest.length > 0) {
    const one = rest.pop();
    if (typeof one === 'string') bytes += Buffer.byteLength(one);
    else if (typeof one !== 'object' || one === null) bytes += OTHER_BYTES;
    else {
      if ('blob' in one && 'size' in one && typeof one.size === 'number') bytes += one.size;
      for (const [key, member] of Object.entries(one)) {
        bytes += key.length;
        rest.push(member);
      }
    }
  }
  return bytes;
}
