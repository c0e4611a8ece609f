import { afterEach, describe, expect, test } from 'vitest';
import { watchAttacks } from '../../../server/main/watch-attacks.ts';
import { stopped } from '../../../server/rules/stopped-attacks.ts';

let stop = () => {};
afterEach(() => stop());

function watching() {
  const time = { now: 0 };
  const lines: Record<string, unknown>[] = [];
  const counted: string[] = [];
  const log = { warn: (facts: Record<string, unknown>) => void lines.push(facts) };
  stop = watchAttacks({ log, count: (kind) => void counted.push(kind), clock: () => time.now });
  return { time, lines, counted };
}

describe('an attack that was stopped', () => {
  test('is one line with run and user, and is counted', () => {
    const { lines, counted } = watching();
    stopped('link', { run: 'r1', user: 'mallory', why: 'student/second.py is a link' });
    expect(lines).toEqual([
      expect.objectContaining({
        attack: 'link',
        run: 'r1',
        user: 'mallory',
        why: 'student/second.py is a link',
      }),
    ]);
    expect(counted).toEqual(['link']);
  });

  test('a thousand times by one run is still one line, counted a thousand times, and said in the next one', () => {
    const { time, lines, counted } = watching();
    for (let n = 0; n < 1000; n += 1) stopped('flood', { run: 'r1', why: 'output' });
    expect(lines).toHaveLength(1);
    expect(counted).toHaveLength(1000);
    time.now = 60_000;
    stopped('flood', { run: 'r1', why: 'output' });
    expect(lines[1]).toMatchObject({ othersSince: 999 });
  });

  test('by a thousand networks is ten lines in a minute, and other kinds are still said', () => {
    const { lines } = watching();
    for (let n = 0; n < 1000; n += 1) stopped('sign-in', { from: `10.0.0.${n}`, why: 'wrong passwords' });
    stopped('foreign-site', { user: 'ada', why: 'another site' });
    expect(lines).toHaveLength(11);
  });

  test('puts no control characters and no long texts of the attacker into the log', () => {
    const { lines } = watching();
    stopped('link', { run: 'r1', why: `a\u001b[2J\nforged line ${'x'.repeat(5000)}` });
    const why = String(lines[0]?.['why']);
    expect(why).not.toMatch(/\p{Cc}/u);
    expect(why.length).toBeLessThan(310);
  });

  test('costs nothing and breaks nothing where no one listens', () => {
    stop();
    expect(() => stopped('other', { why: 'nothing listens' })).not.toThrow();
  });
});
