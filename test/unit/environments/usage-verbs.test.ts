/** Whose use is shown: by name or alias, and of nothing that is not here. */
import { expect, test } from 'vitest';
import { showUse } from '../../../server/environments/usage-verbs.ts';
import { granted } from '../../../server/model/verb.ts';
import { operatorHere } from '../../../server/rules/access.ts';
import { environmentNamed } from '../../support/stand-ins.ts';

const student = { id: 's', name: 's', operator: false, roles: { a: 'student' } } as const;
const asked: unknown[] = [];
const deps = {
  environments: { find: (name: string) => (name === 'py' ? environmentNamed('python3') : null) },
  store: {
    runs: {
      count: async (filter: object) => asked.push(filter) * 0,
      pluck: async () => [],
    },
  },
  clock: () => Date.parse('2026-11-20T15:00:00.000Z'),
};

test('an alias leads to the runs of its environment, for students, too', async () => {
  const days = await granted(showUse(deps, student, { name: 'py' }));
  expect(days.at(-1)).toEqual({ day: '2026-11-20', runs: 0, medianMs: null, p95Ms: null });
  expect(asked).toContainEqual(expect.objectContaining({ 'environment.name': 'python3' }));
});

test('a name that leads nowhere is refused', async () => {
  await expect(showUse(deps, operatorHere('o'), { name: 'java' })).rejects.toMatchObject({
    problem: 'no-environment',
  });
});
