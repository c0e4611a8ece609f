/** Ports of an engine that answer the verbs which a test gives them; every other verb fails that test. */
import type { Builder } from '../../server/ports/engine/builder.ts';
import type { Containers } from '../../server/ports/engine/containers.ts';
import type { Images } from '../../server/ports/engine/images.ts';
import type { Transfers } from '../../server/ports/engine/transfers.ts';
import type { Volumes } from '../../server/ports/engine/volumes.ts';

const refuse = (verb: string) => (): never => {
  throw new Error(`The engine of this test has no verb ${verb}.`);
};

export const fakeContainers = (verbs: Partial<Containers> = {}): Containers => ({
  info: refuse('info'),
  way: async () => ({ name: 'local', reason: 'a test', volumes: null, users: null }),
  start: refuse('start'),
  list: refuse('list'),
  remove: refuse('remove'),
  endLost: refuse('endLost'),
  ...verbs,
});

export const fakeVolumes = (verbs: Partial<Volumes> = {}): Volumes => ({
  makeMemory: refuse('makeMemory'),
  holding: refuse('holding'),
  fileIn: refuse('fileIn'),
  doubt: refuse('doubt'),
  remove: refuse('remove'),
  sweep: refuse('sweep'),
  putFiles: refuse('putFiles'),
  copyOut: refuse('copyOut'),
  ...verbs,
});

export const fakeImages = (verbs: Partial<Images> = {}): Images => ({
  list: refuse('list'),
  inspect: refuse('inspect'),
  history: refuse('history'),
  tag: refuse('tag'),
  untag: refuse('untag'),
  watch: refuse('watch'),
  copyOut: refuse('copyOut'),
  ...verbs,
});

export const fakeTransfers = (verbs: Partial<Transfers> = {}): Transfers => ({
  pull: refuse('pull'),
  push: refuse('push'),
  save: refuse('save'),
  load: refuse('load'),
  search: refuse('search'),
  ...verbs,
});

export const fakeBuilder = (build: Builder['build']): Builder => ({ build });
