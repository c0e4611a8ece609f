import { expect, test } from 'vitest';
import { base32, codeAt, otpauth, stepOf } from '../../../../server/people/sign-in/totp.ts';

/** RFC 6238, appendix B: the secret of its tests with SHA-1, and its eight digits. */
const SECRET = base32(Buffer.from('12345678901234567890'));

test.each([
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
])('at %i s the code is that of RFC 6238', (seconds, code) => {
  expect(codeAt(SECRET, Math.floor(seconds / 30), 8)).toBe(code);
});

test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foobar', 'MZXW6YTBOI'],
])('base32 of "%s" is that of RFC 4648, without padding', (text, coded) => {
  expect(base32(Buffer.from(text))).toBe(coded);
});

test('a code holds half a minute longer and earlier, and no more', () => {
  const code = codeAt(SECRET, 100);
  expect([99, 100, 101].map((step) => stepOf(SECRET, code, step * 30_000))).toEqual([100, 100, 100]);
  expect([98, 102].map((step) => stepOf(SECRET, code, step * 30_000))).toEqual([null, null]);
});

test.each(['', '12345', '1234567', '12345a', '１２３４５６', ' 12345', '-12345'])(
  '"%s" is no code',
  (code) => {
    expect(stepOf(SECRET, code, 3_000_000)).toBeNull();
  },
);

test('the link of an app keeps names apart', () => {
  expect(otpauth('ABC', 'a/b?c', 'x&y')).toBe(
    'otpauth://totp/Gradeport%20x%26y:a%2Fb%3Fc?secret=ABC&issuer=Gradeport%20x%26y',
  );
});
