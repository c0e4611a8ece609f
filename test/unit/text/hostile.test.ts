/** The security rule for texts that others wrote, as one table: what each place may show of them. */
import { describe, expect, test } from 'vitest';
import { harmless, harmlessButColoured } from '../../../server/cli/ui/terminal.ts';
import { createPlainText, isUnsafe, plainLabel, plainLine, plainText } from '../../../server/text/hostile.ts';
import { helpersIn } from '../../../web/helpers.ts';
import { ENGLISH } from '../../../web/languages.ts';
import { effortOf } from '../../support/effort.ts';

const ESC = '\u001b';
const BOM = '\ufeff';

/** What is written, what a page and a terminal show of it, a line of a log, and a label. */
const table: readonly (readonly [what: string, text: string, page: string, line: string, label: string])[] = [
  ['colours', `a${ESC}[1;31mb${ESC}[0mc`, 'abc', 'abc', 'abc'],
  ['a cleared screen', `a${ESC}[2J${ESC}[Hb`, 'ab', 'ab', 'ab'],
  ['a private mode', `a${ESC}[?1049hb`, 'ab', 'ab', 'ab'],
  ['a title that BEL ends', `a${ESC}]0;evil\u0007b`, 'ab', 'ab', 'ab'],
  ['a link that ST ends', `a${ESC}]8;;http://x${ESC}\\b`, 'ab', 'ab', 'ab'],
  ['a clipboard', `a${ESC}]52;c;cm0gLXJm\u0007b`, 'ab', 'ab', 'ab'],
  ['a title without an end, which hides nothing', `a${ESC}]0;evil`, 'a]0;evil', 'a]0;evil', 'a ]0;evil'],
  ['a device control string', `a${ESC}P1$q"p${ESC}\\b`, 'ab', 'ab', 'ab'],
  [
    'application and privacy strings',
    `a${ESC}_x${ESC}\\b${ESC}^y${ESC}\\c${ESC}Xz${ESC}\\d`,
    'abcd',
    'abcd',
    'abcd',
  ],
  ['a reset', `a${ESC}cb`, 'ab', 'ab', 'ab'],
  ['another character set', `a${ESC}(0b`, 'ab', 'ab', 'ab'],
  ['a lone escape', `a${ESC}`, 'a', 'a', 'a'],
  ['bells, backspaces, nulls', 'a\u0007b\bc\u0000d', 'abcd', 'abcd', 'a b c d'],
  ['delete and C1', 'a\u007fb\u009b1Ac\u0085d', 'ab1Acd', 'ab1Acd', 'a b 1Ac d'],
  ['vertical tab and form feed', 'a\u000bb\u000cc', 'abc', 'abc', 'a b c'],
  ['tabs', 'a\tb', 'a\tb', 'a\tb', 'a b'],
  ['lines', 'a\nb', 'a\nb', 'a b', 'a b'],
  ['line ends of Windows', 'a\r\nb', 'a\nb', 'a b', 'a  b'],
  ['a progress bar', '10 %\r20 %\r', '10 %\n20 %\n', '20 %', '10 % 20 %'],
  [
    'what writes over a line',
    'all wrong\rall right',
    'all wrong\nall right',
    'all right',
    'all wrong all right',
  ],
  ['line and paragraph separators', 'a\u2028b\u2029c', 'a\nb\nc', 'a b c', 'a b c'],
  ['embeddings and overrides', 'a\u202e\u202dgnp\u202cb', 'agnpb', 'agnpb', 'a  gnp b'],
  ['isolates', 'a\u2066b\u2067c\u2068d\u2069e', 'abcde', 'abcde', 'a b c d e'],
  ['direction marks', 'a\u200eb\u200fc\u061cd', 'abcd', 'abcd', 'abcd'],
  ['zero width', 'a\u200bb\u2060c\u2063d\u00ade', 'abcde', 'abcde', 'abcde'],
  ['a byte order mark', `${BOM}a${BOM}b`, 'ab', 'ab', 'ab'],
  ['letters as tags', 'a\u{e0041}\u{e007f}b', 'ab', 'ab', 'ab'],
  ['half a character', 'a\ud83db\ude00', 'a\ufffdb\ufffd', 'a\ufffdb\ufffd', 'a\ufffdb\ufffd'],
  [
    'other scripts',
    'é\u200cنمی\u200dक्ष 👩\u200d💻 ❤\ufe0f',
    'é\u200cنمی\u200dक्ष 👩\u200d💻 ❤\ufe0f',
    'é\u200cنمی\u200dक्ष 👩\u200d💻 ❤\ufe0f',
    'é\u200cنمی\u200dक्ष 👩\u200d💻 ❤\ufe0f',
  ],
  ['markup, which templates escape', '<b>&amp;', '<b>&amp;', '<b>&amp;', '<b>&amp;'],
];

describe.each(table)('%s', (_what, text, page, line, label) => {
  test('on a page, whole and in pieces', () => {
    expect(plainText(text)).toBe(page);
    expect(helpersIn(ENGLISH).plain(text)).toBe(page);
    const plain = createPlainText();
    // What may still go on is held back until the next character shows that it does not.
    const pieces = [...Array.from({ length: text.length }, (_, at) => text[at] ?? ''), '\n'];
    expect(pieces.map(plain).join('')).toBe(plainText(`${text}\n`));
  });
  test('on a terminal', () => {
    expect(harmless(text)).toBe(page);
    const colours = new RegExp(`${ESC}\\[\\d+m`, 'g');
    expect(harmlessButColoured(text).replace(colours, '')).toBe(plainText(text.replace(colours, '')));
  });
  test('in a log', () => expect(plainLine(text, 100)).toBe(line));
  test('as a label', () => expect(plainLabel(text, 100)).toBe(label));
});

describe('a very long text', () => {
  const long = '😀'.repeat(10_000_000);

  test('is a short line, which says that there was more', () => {
    expect(plainLine(long, 10)).toBe(`${'😀'.repeat(5)} …`);
    expect(plainLine('0123456789x', 10)).toBe('0123456789 …');
    expect(plainLine('0123456789', 10)).toBe('0123456789');
  });
  test('is a short label, not cut through a character', () => {
    expect(plainLabel(long, 11)).toBe('😀'.repeat(5));
  });
  test.each([`${ESC}]0;`, `${ESC}[`, `${ESC}P`, '\r', ESC])('of nothing but %j takes no time', (piece) => {
    const text = piece.repeat(300_000);
    expect(effortOf(() => void plainText(text))).toBeLessThan(20);
  });
});

test.each(['a\nb', 'a\tb', `a${ESC}b`, 'a\u202eb', 'a\u2028b', 'a\ud800', 'a\u007f'])(
  '%j is unsafe as a name',
  (name) => expect(isUnsafe(name)).toBe(true),
);
test.each(['main.py', 'é 你好 👩\u200d💻.txt', 'a\u200eb'])('%j is safe as a name', (name) => {
  expect(isUnsafe(name)).toBe(false);
  expect(isUnsafe(name)).toBe(false);
});
