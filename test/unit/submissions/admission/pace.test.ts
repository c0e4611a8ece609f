import { expect, test } from 'vitest';
import { createPace } from '../../../../server/submissions/admission/pace.ts';

const ada = { id: 'u1', name: 'ada' };
const bob = { id: 'u2', name: 'bob' };

test('one user hands in so often a minute; others are not touched, and the sentence names the bound', async () => {
  const pace = createPace({ perMinute: 3, bytesPerHour: 1e6 });
  for (let count = 0; count < 3; count += 1) await pace.once(ada);
  await expect(pace.once(ada)).rejects.toMatchObject({
    problem: 'submits-often',
    message: expect.stringMatching(/3 times within a minute.*submissions\.perMinute.*Nothing was submitted/),
    facts: { waitS: 60 },
  });
  await pace.once(bob);
});

test('a thousand at once are as few as one after the other', async () => {
  const pace = createPace({ perMinute: 30, bytesPerHour: 1e6 });
  const all = await Promise.allSettled(Array.from({ length: 1000 }, () => pace.once(ada)));
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(30);
});

test('bytes of texts, choices and files count together; what is refused does not', async () => {
  const pace = createPace({ perMinute: 100, bytesPerHour: 100 });
  await pace.bytes(ada, new Map([['q', 'é'.repeat(20)]]));
  await pace.bytes(ada, new Map([['f', { filename: 'a', content: new Uint8Array(40) }]]));
  const much = pace.bytes(ada, new Map([['q', 'x'.repeat(30)]]));
  await expect(much).rejects.toMatchObject({ problem: 'submits-much', facts: { most: '100 bytes' } });
  await pace.bytes(ada, new Map([['c', ['1', '2']]]));
});

test('names of files, keys and very many choices do not get past the bound of bytes', async () => {
  const pace = createPace({ perMinute: 100, bytesPerHour: 1000 });
  const choices = pace.bytes(ada, new Map([['c', Array<string>(2000).fill('1')]]));
  await expect(choices).rejects.toMatchObject({ problem: 'submits-much' });
  // A first one that is too large does not keep the user out for an hour.
  await pace.bytes(ada, new Map([['q', 'x'.repeat(500)]]));
  const name = pace.bytes(ada, new Map([['f', { filename: 'n'.repeat(5000), content: new Uint8Array(1) }]]));
  await expect(name).rejects.toMatchObject({ problem: 'submits-much' });
});

test('submissions at the same moment cannot share what is left', async () => {
  const pace = createPace({ perMinute: 100, bytesPerHour: 1000 });
  const each = () => pace.bytes(ada, new Map([['q', 'x'.repeat(300)]]));
  const all = await Promise.allSettled(Array.from({ length: 20 }, each));
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
});
