/** The XML of LTI 1.1's Basic Outcomes: one request, and the parsing of its answer. Pure. */
import { plainLine } from '../text/hostile.ts';

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
/** Characters that XML 1.0 cannot express are left out. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const UNSPEAKABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(UNSPEAKABLE, '')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** Percent as a fraction, in the fewest digits: the standard wants "0.00" to "1.0" with a dot. */
export const scoreText = (percent: number): string =>
  String(Math.round(Math.min(100, Math.max(0, percent)) * 100) / 10_000);

/** @param message an id of this request, for the platform's logs */
export function replaceResult(message: string, sourcedId: string, score: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<imsx_POXEnvelopeRequest xmlns="http://www.imsglobal.org/services/ltiv1p1/xsd/imsoms_v1p0">
  <imsx_POXHeader>
    <imsx_POXRequestHeaderInfo>
      <imsx_version>V1.0</imsx_version>
      <imsx_messageIdentifier>${escaped(message)}</imsx_messageIdentifier>
    </imsx_POXRequestHeaderInfo>
  </imsx_POXHeader>
  <imsx_POXBody>
    <replaceResultRequest>
      <resultRecord>
        <sourcedGUID><sourcedId>${escaped(sourcedId)}</sourcedId></sourcedGUID>
        <result><resultScore><language>en</language><textString>${score}</textString></resultScore></result>
      </resultRecord>
    </replaceResultRequest>
  </imsx_POXBody>
</imsx_POXEnvelopeRequest>
`;
}

const MAX_SAID = 200;

/** Why the platform (the sentence's "it") did not take the grade; null: it did. */
export function whyNotTaken(status: number, body: string): string | null {
  const code = /<(?:[\w-]+:)?imsx_codeMajor>\s*(\w+)\s*</.exec(body)?.[1]?.toLowerCase();
  if (status >= 200 && status < 300 && code === 'success') return null;
  const said = /<(?:[\w-]+:)?imsx_description>([^<]*)</.exec(body)?.[1]?.trim() ?? '';
  const quoted = said === '' ? '' : `: "${plainLine(said, MAX_SAID)}"`;
  if (code !== undefined) return `it answers "${code}" (HTTP ${status})${quoted}`;
  if (status >= 300 && status < 400) return `it redirects (HTTP ${status}), which is not followed`;
  return `it answers with HTTP ${status}, and not as LTI 1.1 says`;
}
