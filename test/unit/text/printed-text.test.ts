import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPlainText, plainText } from '../../../server/text/hostile.ts';

const ESC = '\u001b';

test('colours, cursor movements, titles and links go; the text stays', () => {
  const printed = `${ESC}[1;32mok${ESC}[0m ${ESC}[2K${ESC}]0;title\u0007${ESC}]8;;http://x${ESC}\\link${ESC}]8;;${ESC}\\`;
  expect(plainText(`${printed}\r\n50%\r100%\n`)).toBe('ok link\n50%\n100%\n');
});

test('bells, backspaces and bytes of binary files go, as HTML may not contain them', () => {
  expect(plainText('a\0\u0001b\b\u0007c\u007fd\u009be\tf\n')).toBe('abcde\tf\n');
});

test('wherever the pieces are cut, the text is the same', () => {
  const part = fc.constantFrom(
    'text',
    'x',
    '\r',
    '\n',
    `${ESC}[31m`,
    `${ESC}[0m`,
    `${ESC}]0;t\u0007`,
    `${ESC}(B`,
  );
  fc.assert(
    fc.property(fc.array(part), fc.array(fc.nat(60)), (parts, cuts) => {
      const text = parts.join('');
      const places = [0, ...cuts.filter((cut) => cut < text.length), text.length].sort((a, b) => a - b);
      const plain = createPlainText();
      const pieces = places.slice(1).map((end, index) => plain(text.slice(places[index], end)));
      // What may still go on is held back: the end of this story is a plain letter.
      expect(pieces.join('') + plain('.')).toBe(plainText(`${text}.`));
    }),
  );
});

test('an escape that never ends does not hold the output back for ever', () => {
  const plain = createPlainText();
  expect(plain(`before${ESC}[`)).toBe('before');
  expect(plain('9'.repeat(1000))).toContain('999');
});
