/** Exporting and importing as people ask for it: who may, and what is checked before the work begins. */
import { expect, test } from 'vitest';
import {
  exportEnvironment,
  importEnvironment,
} from '../../../../server/environments/archives/archive-verbs.ts';
import type { SharingDeps } from '../../../../server/environments/registries/sharing-deps.ts';
import { granted } from '../../../../server/model/verb.ts';
import { operatorHere } from '../../../../server/rules/access.ts';
import { fakeContainers, fakeImages, fakeTransfers } from '../../../support/engine-ports.ts';

const operator = operatorHere('o');
const teacher = { id: 't', name: 't', operator: false, roles: { a: 'teacher' } } as const;
const news = { line: () => {}, progress: () => {} };
const unstopped = new AbortController().signal;
const sharing: SharingDeps = {
  containers: fakeContainers(),
  images: fakeImages({ inspect: async () => null }),
  transfers: fakeTransfers(),
  registry: {} as SharingDeps['registry'], // no registry is asked
  credentials: { login: async () => null },
  policy: { allow: [], deny: [], requireDigest: false } as unknown as SharingDeps['policy'], // not asked either
  table: {},
  find: async () => null,
  announce: () => {},
};
const deps = { sharing, gradeport: '0.3.0', clock: () => 0 };

test('files of the machine are for operators', async () => {
  const problem = { problem: 'archives-are-for-operators' };
  await expect(exportEnvironment(deps, teacher, { name: 'c', file: '/c.tar' })).rejects.toMatchObject(
    problem,
  );
  await expect(importEnvironment(deps, teacher, { file: '/c.tar', tag: null })).rejects.toMatchObject(
    problem,
  );
});

test('nothing is done before the work is run, and then an image that is not there is named', async () => {
  const work = await granted(exportEnvironment(deps, operator, { name: 'lua', file: '/nowhere/lua.tar' }));
  expect(work.about).toEqual({ kind: 'export', title: 'Export lua' });
  await expect(work.run(news, unstopped)).rejects.toThrow('There is no environment and no image "lua".');
});

test('a file that is not there is not imported', async () => {
  const work = await granted(importEnvironment(deps, operator, { file: '/nowhere/lua.tar', tag: null }));
  await expect(work.run(news, unstopped)).rejects.toThrow('There is no file /nowhere/lua.tar.');
});

test('a request without a file is refused as a whole', async () => {
  await expect(importEnvironment(deps, operator, { file: '', tag: null })).rejects.toMatchObject({
    code: 'usage',
  });
});
