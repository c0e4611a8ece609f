/** The text of a YAML file: UTF-8, or UTF-16 with the mark that PyYAML knows it by. Anything else is named, not guessed. */
import { GradeportError } from '../../rules/errors.ts';

const LINE_END = 0x0a;

export function textOfFile(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: encoding === 'utf-8' }).decode(bytes);
  } catch (error) {
    const what = encoding === 'utf-8' ? `line ${badLine(bytes)} is not UTF-8` : 'it is not valid UTF-16';
    throw new GradeportError('usage', `this file cannot be read as text: ${what}; save it as UTF-8`, {
      cause: error,
    });
  }
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return 'utf-8';
}

/** The first line that is not UTF-8: no character of it has the byte of a line's end in it. */
function badLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let start = 0;
  for (let line = 1; ; line += 1) {
    const end = bytes.indexOf(LINE_END, start);
    try {
      decoder.decode(bytes.subarray(start, end < 0 ? bytes.length : end));
    } catch {
      return line;
    }
    if (end < 0) return line;
    start = end + 1;
  }
}
