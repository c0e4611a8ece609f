import { expect, test } from 'vitest';
import type { BuildRecord } from '../../../../server/environments/builds/build-record.ts';
import { localImage } from '../../../../server/environments/builds/local-image-name.ts';
import { createBuildNames } from '../../../../server/environments/builds/who-may-build-a-name.ts';
import { keptName } from '../../../../server/environments/revisions/images/revision-tags.ts';
import type { Job } from '../../../../server/jobs/port.ts';
import type { Actor } from '../../../../server/rules/access.ts';
import { environment } from '../../../support/http/house.ts';

const teacher = (name: string): Actor => ({ id: name, name, operator: false, roles: { c1: 'teacher' } });
const [ada, tess] = [teacher('ada'), teacher('tess')];
const operator: Actor = { id: 'olga', name: 'olga', operator: true, roles: {} };

/** "mine" was built by ada, though an operator built it last; "default" came with Gradeport. */
const list = [
  { ...environment, name: 'mine', aliases: ['mine-too'], digest: 'sha256:1' },
  {
    ...environment,
    name: 'mine',
    aliases: [],
    digest: 'sha256:0',
    image: keptName('mine', 'sha256:0', '0a1b2c3d'),
  },
  { ...environment, name: 'replaced', aliases: [], digest: 'sha256:2', image: 'registry.example/replaced:1' },
  { ...environment, name: 'default', aliases: ['python3'] },
];
const built: BuildRecord = {
  name: 'mine',
  version: 2,
  by: 'olga',
  owner: 'ada',
  at: '',
  image: 'local/mine',
  state: 'built',
  sentence: '',
  digest: 'sha256:1',
};
const job: Job = {
  id: 'j',
  kind: 'build',
  title: 'Build local/mine',
  by: 'ada',
  state: 'running',
  startedAt: '2026-11-20T10:00:00.000Z',
  endedAt: null,
  progress: null,
  result: null,
  error: null,
};
function create(running: Pick<Job, 'by' | 'endedAt'>[] = []) {
  const jobs = running.map((one) => ({ ...job, ...one }));
  return createBuildNames({
    environments: { list: () => list },
    sources: { list: async (name) => (['mine', 'replaced'].includes(name) ? [{ ...built, name }] : []) },
    jobs: { list: () => jobs },
  });
}

test.each([
  ['a new name', ada, { name: 'new', aliases: [] }, null],
  ['one’s own name, even if another user built it last', ada, { name: 'mine', aliases: ['mine-too'] }, null],
  [
    'a name that an operator has brought from elsewhere since',
    ada,
    { name: 'replaced', aliases: [] },
    /"repl/,
  ],
  ['somebody else’s name', tess, { name: 'mine', aliases: [] }, /"mine" is an environment here/],
  ['a name that came with Gradeport', ada, { name: 'default', aliases: [] }, /"default" is/],
  [
    'an alias of another environment',
    ada,
    { name: 'new', aliases: ['python3'] },
    /"python3" is.*Aliases are inherited/,
  ],
  ['a name that is another one’s alias', tess, { name: 'mine-too', aliases: [] }, /"mine-too" is/],
  ['anything, for operators', operator, { name: 'default', aliases: ['mine'] }, null],
])('%s', async (_, actor, names, refusal) => {
  const said = await create().refusalOf(actor, names, new Map());
  if (refusal === null) expect(said).toBeNull();
  else expect(said).toMatch(refusal);
});

test('the name of an image in the engine stays with what it is: no other thing is built under it', async () => {
  const label = 'org.gradeport.grading.name';
  const images = new Map([
    ['local/base:latest', {}],
    ['local/mine:latest', { [label]: 'mine' }],
    [`${localImage('C++')}:latest`, { [label]: 'C++' }],
  ]);
  const say = (actor: Actor, name: string) => create().refusalOf(actor, { name, aliases: [] }, images);
  for (const actor of [ada, operator]) {
    expect(await say(actor, 'base')).toMatch(/would be called local\/base/);
    expect(await say(actor, localImage('C++').replace('local/', ''))).toMatch(/another image is already/);
    expect(await say(actor, 'mine')).toBeNull();
    expect(await say(actor, 'C++')).toBeNull();
  }
});

test('while a user builds a name, others may not; afterwards they may', () => {
  const names = create();
  const taken = names.take(ada, 'new');
  expect(names.take(tess, 'new')).toMatch(/Somebody else is building "new"/);
  expect(names.take(operator, 'new')).toMatch(/Somebody else/);
  expect(names.take(ada, 'new')).toBeTypeOf('object');
  expect(names.take(tess, 'other')).toBeTypeOf('object');
  if (typeof taken === 'object') taken.release();
  expect(names.take(tess, 'new')).toMatch(/Somebody else/);
});

test('a teacher has three jobs at the same time, an operator as many as they like', () => {
  const names = create(Array.from({ length: 3 }, () => ({ by: 'ada', endedAt: null })));
  expect(names.take(ada, 'new')).toMatch(/3 jobs of yours are not over yet/);
  expect(names.take(tess, 'new')).toBeTypeOf('object');
  const many = create(Array.from({ length: 9 }, () => ({ by: 'olga', endedAt: null })));
  expect(many.take(operator, 'new')).toBeTypeOf('object');
  const over = create(Array.from({ length: 9 }, () => ({ by: 'ada', endedAt: '2026-11-20T10:00:00.000Z' })));
  expect(over.take(ada, 'new')).toBeTypeOf('object');
});
