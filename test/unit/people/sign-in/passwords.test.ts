import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from '../../../../server/people/sign-in/passwords.ts';

test('hashes with argon2id at the agreed cost, each time with another salt', async () => {
  const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(two);
});

test('tells right from wrong', async () => {
  const hash = await hashPassword('correct horse');
  expect(await verifyPassword(hash, 'correct horse')).toBe(true);
  expect(await verifyPassword(hash, 'correct horse ')).toBe(false);
  expect(await verifyPassword(null, 'correct horse')).toBe(false);
});

test('one password, typed as one code point or as two', async () => {
  expect(await verifyPassword(await hashPassword('caf\u00e9-caf\u00e9'), 'cafe\u0301-cafe\u0301')).toBe(true);
});

test('a user who does not exist takes as long as one who does', async () => {
  const hash = await hashPassword('correct horse');
  await verifyPassword(null, 'warm up');
  const timeOf = async (expected: string | null): Promise<number> => {
    const start = performance.now();
    await verifyPassword(expected, 'wrong horse');
    return performance.now() - start;
  };
  const times: { known: number; unknown: number }[] = [];
  // In turns, and the fastest of each: other load on the machine must not decide.
  for (let count = 0; count < 8; count++)
    times.push({ known: await timeOf(hash), unknown: await timeOf(null) });
  const known = Math.min(...times.map((time) => time.known));
  const unknown = Math.min(...times.map((time) => time.unknown));
  // Without the dummy hash the second would take microseconds.
  expect(unknown).toBeGreaterThan(known / 3);
  expect(unknown).toBeLessThan(known * 3);
});
