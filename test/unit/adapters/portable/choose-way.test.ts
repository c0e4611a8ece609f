/** Which way starts containers: what was found out decides, and an operator's wish comes before it. */
import { expect, test } from 'vitest';
import { chooseWay } from '../../../../server/adapters/portable/choose-way.ts';
import type { AskedWay, WayName } from '../../../../server/rules/ways.ts';
import { fakeVolumes } from '../../../support/engine-ports.ts';

const volumes = fakeVolumes();
const users = { take: async () => null };
const probes = (fault: string | null, direct: boolean) => ({
  volumes,
  users,
  whyNotShared: async () => fault,
  mayStartDirectly: async () => direct,
});
const NOT_ROOT = 'only root may mount folders of a limited size';

test.each<[AskedWay, string | null, boolean, WayName]>([
  ['auto', null, true, 'direct'],
  ['auto', null, false, 'local'],
  ['auto', NOT_ROOT, true, 'portable'],
  ['engine', null, true, 'local'],
  ['engine', NOT_ROOT, true, 'portable'],
  ['direct', null, true, 'direct'],
  ['local', null, true, 'local'],
  ['portable', null, true, 'portable'],
])(
  '%s, where folders are shared but for: %s, and direct starts are possible: %s, is %s',
  async (asked, fault, direct, name) => {
    const way = await chooseWay(asked, probes(fault, direct));
    expect(way).toMatchObject({
      name,
      volumes: name === 'portable' ? volumes : null,
      // Only where we start containers ourselves can their programs be another user.
      users: name === 'direct' ? users : null,
    });
    if (fault !== null) expect(way.reason).toContain(fault);
  },
);

test('the portable way, when it is asked for, needs no look at this machine', async () => {
  const refuse = async () => Promise.reject(new Error('It looked.'));
  const blind = { volumes, users, whyNotShared: refuse, mayStartDirectly: refuse };
  expect((await chooseWay('portable', blind)).name).toBe('portable');
});

test.each<[AskedWay, string | null, boolean]>([
  ['local', NOT_ROOT, true],
  ['direct', NOT_ROOT, true],
  ['direct', null, false],
])('%s is refused with a sentence where it does not work (%s)', async (asked, fault, direct) => {
  const refused = chooseWay(asked, probes(fault, direct));
  await expect(refused).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(new RegExp(`"execution: ${asked}".*"auto"`)),
  });
});
