/** The outcome of a build, for people: what the image is, and what discovery makes of it. */
import type { BuiltImage } from '../../ports/engine/builder.ts';
import { bytesText } from '../../text/quantities.ts';
import type { Environment } from '../discovery/environment.ts';
import type { CaseOutcome } from '../revisions/port.ts';
import { countWrong, samplesText } from '../revisions/tests/sample-test-sentences.ts';
import type { BuildRecord } from './build-record.ts';

/** use: a sentence that says what the image can do, or why it cannot grade */
export type BuildOutcome = { what: string; use: string; canGrade: boolean };

export function resultOf(
  image: BuiltImage,
  { name, image: tag }: BuildRecord,
  found: Environment | null,
): BuildOutcome {
  const what = `Built ${tag}: ${bytesText(image.size)} in ${image.layers} layers.`;
  if (!found) return { what, use: 'It is not in the list yet; look again in a moment.', canGrade: false };
  const use = found.available ? `It can grade as "${name}" on ${found.reason}.` : found.reason;
  return { what, use, canGrade: found.available };
}

export const sentenceOf = ({ what, use }: BuildOutcome): string => `${what} ${use}`;

/** The sentence for a tested image; if it waited for its samples, their result replaces "use". */
export function testedSentence({ what, use, canGrade }: BuildOutcome, cases: readonly CaseOutcome[]): string {
  const before = canGrade ? `${what} ${use}` : what;
  if (cases.length === 0) return `${before} There was no sample to try.`;
  const wrong = countWrong(cases);
  if (wrong === 0) return `${before} ${allOf(cases.length)} came out as expected.`;
  const change = `${wrong} of ${samplesText(cases.length)} did not come out as expected`;
  return canGrade
    ? `${before} ${change}: its page shows which.`
    : `${before} It is held back: ${change}. The revision before it grades on; its page shows what changed.`;
}

const allOf = (count: number): string => (count === 1 ? 'Its sample' : `All ${samplesText(count)}`);
