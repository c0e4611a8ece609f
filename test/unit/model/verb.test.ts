/** A verb checks what it takes and gives, and separates what it refuses from what goes wrong. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { granted, verb } from '../../../server/model/verb.ts';
import { GradeportError } from '../../../server/rules/errors.ts';
import { Refused, refuse } from '../../../server/rules/problems.ts';

const asked: string[] = [];
const find = verb({
  input: z.strictObject({ name: z.string().max(5), loud: z.boolean().default(false) }),
  output: z.object({ name: z.string() }),
  refuses: ['no-user'],
  may(who: { allowed: boolean }) {
    if (!who.allowed) refuse('groups-are-for-staff', {});
  },
  run({ people }: { people: string[] }, _who: { allowed: boolean }, { name, loud }) {
    asked.push(name);
    if (name === 'group') return refuse('group-gone', {});
    if (!people.includes(name)) return refuse('no-user', { user: name });
    return { name: loud ? name.toUpperCase() : name, passwordHash: 'secret' };
  },
});
const ada = { people: ['ada'] };
const staff = { allowed: true };

describe('a verb', () => {
  test('answers with what its output says, and with nothing else', async () => {
    expect(await find(ada, staff, { name: 'ada', loud: true })).toEqual({ ok: true, value: { name: 'ADA' } });
  });

  test('answers with what it refuses, with its facts and its sentence', async () => {
    const answer = await find(ada, staff, { name: 'bob' });
    if (answer.ok) throw new Error('granted');
    expect(answer.refusal).toBeInstanceOf(Refused);
    expect(answer.refusal).toMatchObject({
      problem: 'no-user',
      facts: { user: 'bob' },
      code: 'not-found',
      message: 'There is no user "bob".',
    });
  });

  test('throws what a caller need not expect', async () => {
    await expect(find(ada, staff, { name: 'group' })).rejects.toMatchObject({ problem: 'group-gone' });
  });

  test('names the field of a malformed input before it does anything', async () => {
    asked.length = 0;
    for (const input of [{ name: 'too long' }, { name: 'ada', other: 1 }, undefined]) {
      const malformed = await find(ada, staff, input).catch((error: unknown) => error);
      expect(malformed).toBeInstanceOf(GradeportError);
      expect(malformed).toMatchObject({ code: 'usage' });
    }
    expect(asked).toEqual([]);
  });

  test('says that somebody may not before it says what is malformed', async () => {
    await expect(find(ada, { allowed: false }, { name: 'too long' })).rejects.toMatchObject({
      code: 'denied',
    });
  });

  test('is granted, or its refusal is thrown', async () => {
    expect(await granted(find(ada, staff, { name: 'ada' }))).toEqual({ name: 'ada' });
    await expect(granted(find(ada, staff, { name: 'bob' }))).rejects.toMatchObject({ problem: 'no-user' });
  });
});
