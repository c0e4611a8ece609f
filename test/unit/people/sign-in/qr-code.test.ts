/** QR codes as a phone sees them: drawn, then read by another library. */
import jsQR from 'jsqr';
import { expect, test } from 'vitest';
import { type QrCode, qrCodeOf } from '../../../../server/people/sign-in/qr-code.ts';
import { otpauth } from '../../../../server/people/sign-in/totp.ts';

const SCALE = 4;

/** What a camera reads of the drawing. */
function read({ width, squares }: QrCode): string | undefined {
  const side = width * SCALE;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x, y] of squares.matchAll(/M(\d+) (\d+)h1v1h-1z/g))
    for (let at = 0; at < SCALE * SCALE; at += 1) {
      const row = Number(y) * SCALE + Math.floor(at / SCALE);
      const column = Number(x) * SCALE + (at % SCALE);
      pixels.fill(0, 4 * (row * side + column), 4 * (row * side + column) + 3);
    }
  return jsQR.default(pixels, side, side)?.data;
}

test.each([
  ['ada', 'grade.example.org'],
  ['jürgen "o\'neill" <b>&', 'localhost:8080'],
  ['学生', '[::1]:8080'],
])('the link of %s at %s is read as it is', (name, host) => {
  const link = otpauth('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', name, host);
  const code = qrCodeOf(link);
  if (!code) throw new Error('no code');
  expect(read(code)).toBe(link);
  expect(code.squares).toMatch(/^(M\d+ \d+h1v1h-1z)+$/);
});

test('bytes beyond ASCII are read as they are, too', () => {
  const code = qrCodeOf('Schlüssel für 学生');
  expect(code && read(code)).toBe('Schlüssel für 学生');
});

test('a text that no phone could read gives none, however long it is', () => {
  expect(qrCodeOf('x'.repeat(500))).not.toBeNull();
  for (const length of [501, 3000, 100_000]) expect(qrCodeOf('x'.repeat(length))).toBeNull();
});
