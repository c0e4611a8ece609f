import { expect, test } from 'vitest';
import { bytesText, durationText, utcText } from '../../../server/text/quantities.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1023 bytes'],
  [1024, '1 KiB'],
  [1200, '1.17 KiB'],
  [19.5 * KIB, '19.5 KiB'],
  [512 * KIB, '512 KiB'],
  [1000 * KIB, '1000 KiB'],
  [MIB - 1, '1 MiB'],
  [2.3456 * MIB, '2.35 MiB'],
  [4 * 1024 * MIB, '4 GiB'],
  [3 * 1024 ** 4, '3 TiB'],
  [5000 * 1024 ** 4, '5000 TiB'],
])('%d bytes read "%s"', (bytes, text) => expect(bytesText(bytes)).toBe(text));

test.each([
  [0.4, '0 ms'],
  [85.4, '85 ms'],
  [999.6, '1 s'],
  [1500, '1.5 s'],
  [1174, '1.17 s'],
  [12_345, '12.3 s'],
  [90_000, '90 s'],
  [119_999, '2 min'],
  [150_000, '2 min 30 s'],
  [179_600, '3 min'],
  [600_000, '10 min'],
  [3_599_600, '1 h'],
  [3_900_000, '1 h 5 min'],
  [90_000_000, '25 h'],
])('%d ms read "%s"', (ms, text) => expect(durationText(ms)).toBe(text));

test('an instant is read in UTC, to the minute', () => {
  expect(utcText(Date.parse('2026-11-20T10:58:59.000Z'))).toBe('2026-11-20 10:58 UTC');
});
