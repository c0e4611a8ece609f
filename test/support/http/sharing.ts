/** The verbs on images over an engine that has none, and says what a search found. */

import { openSharing } from '../../../server/environments/open-sharing.ts';
import { imagePolicySchema } from '../../../server/environments/registries/policy.ts';
import type { Updates } from '../../../server/environments/updates/update-plan.ts';
import { SCRIPTED_INFO } from '../engine-info.ts';
import { fakeContainers, fakeImages, fakeTransfers } from '../engine-ports.ts';

const nothing = async () => {};

const images = fakeImages({
  inspect: async () => null,
  list: async () => [],
  history: async () => [
    { command: '/bin/sh -c #(nop)  LABEL a <b>', size: 0, createdMs: 0 },
    { command: '/bin/sh -c apt-get  update', size: 2048, createdMs: 0 },
    { command: '', size: 1, createdMs: 0 },
  ],
  tag: nothing,
  untag: nothing,
});
const transfers = fakeTransfers({
  pull: nothing,
  push: async () => `sha256:${'0'.repeat(64)}`,
  save: () => Promise.reject(new Error('nothing to save')),
  load: () => Promise.reject(new Error('nothing is loaded')),
  search: async () => [
    { name: 'lua', description: '<script>alert(1)</script>', stars: 7, official: true, automated: false },
    { name: 'somebody/lua', description: '', stars: 1, official: false, automated: false },
    { name: 'not a name', description: '', stars: 0, official: false, automated: false },
  ],
});

export const sharingOver = (data: string) =>
  openSharing(
    { data, registryKey: null, images: imagePolicySchema.parse({}), runtimes: {} },
    {
      containers: fakeContainers({ info: async () => SCRIPTED_INFO }),
      images,
      transfers,
      find: async () => null,
      announce: () => {},
    },
  );

/** One image is newer in its registry, and one stands on it. */
export const scriptedUpdates: Updates = {
  plan: async () => ({
    steps: [
      {
        image: 'r.example.org/base:1',
        names: [],
        bases: [],
        how: 'pull',
        why: 'The registry has <i>another</i> now.',
      },
      {
        image: 'local/lua:latest',
        names: ['lua'],
        bases: ['r.example.org/base:1'],
        how: 'rebuild',
        why: 'r.example.org/base:1 changes.',
      },
    ],
    left: [{ image: 'away.example.org/x:1', why: 'The registry does not answer.' }],
  }),
  known: () => [
    {
      image: 'gradeport/default:latest',
      names: ['default'],
      bases: [],
      how: 'rebuild',
      why: 'Its <b>Dockerfile</b> has changed.',
      id: `sha256:${'ab'.repeat(32)}`,
    },
  ],
  work: () => async () => ({ done: [], failed: [], left: [] }),
};
