/** An update to an image that changes what is stored, and the way back, with the commands of docs/compose.md. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCHEMA_VERSION } from '../../server/model/schema-version.ts';
import { composeCommands, whyNoCompose } from '../../setup/compose.mjs';
import { cleanClone } from '../support/compose/clean-clone.ts';
import { installationOf, removeLeftovers } from '../support/compose/leftovers.ts';
import { freePort, openProject, type Project } from '../support/compose/project.ts';
import { mustRun } from '../support/compose/run.ts';
import { buildNode, mongoImage, removeImages, testImage } from '../support/compose/stand-ins.ts';

const compose = composeCommands().at(-1);
const why = compose ? '' : ` (no Compose here: ${whyNoCompose() || 'npm test installs it'})`;
const NEXT = SCHEMA_VERSION + 1;

describe.skipIf(!compose)(`an update by compose${why}`, () => {
  const folder = compose ? mkdtempSync(join(tmpdir(), 'gradeport-compose-')) : '';
  const images = ['node', 'mongo', 'server', 'newer'].map(testImage);
  let project: Project;

  beforeAll(async () => {
    if (!compose) return;
    const clone = join(folder, 'clone');
    await cleanClone(clone);
    project = openProject(compose, clone, {
      GRADEPORT_IMAGE: testImage('server'),
      NODE_IMAGE: await buildNode(),
      BASE_IMAGE: 'gradeport/debian:12',
      MONGO_IMAGE: await mongoImage(),
      GRADEPORT_PORT: await freePort(),
    });
    await project.compose('build');
    await buildNewer(join(folder, 'newer'));
    await project.compose('up', '-d');
    await project.healthy('server');
  });
  afterAll(async () => {
    const id = await installationOf(project);
    await project?.[Symbol.asyncDispose]();
    await removeLeftovers(id);
    await removeImages(...images);
    rmSync(folder, { recursive: true, force: true });
  });

  const users = async () =>
    (await project.gradeport('user', 'list'))
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]);

  test('changes the documents after a backup, and two commands lead back to how it was', async () => {
    await project.gradeport('user', 'add', 'before', '--course', 'demo');
    const known = await users();
    project.set({ GRADEPORT_IMAGE: testImage('newer') });
    await project.compose('up', '-d');
    await project.healthy('server');
    expect(await users()).toEqual(known);
    await project.gradeport('user', 'add', 'after', '--course', 'demo');

    project.set({ GRADEPORT_IMAGE: testImage('server') });
    await project.compose('up', '-d');
    await expect
      .poll(() => project.logs('server'), { timeout: 120_000, interval: 500 })
      .toMatch(new RegExp(`written by a newer Gradeport \\(schema ${NEXT}`));
    await project.compose('run', '--rm', '-T', 'server', 'store', 'restore', '--replace', '/data/backups');
    await project.healthy('server');
    expect(await users()).toEqual(known);
  });
});

/** The next version: one migration more, which changes every user. */
async function buildNewer(folder: string): Promise<void> {
  mkdirSync(folder);
  const take = (name: string) => readFileSync(join(import.meta.dirname, '../../server', name), 'utf8');
  const change =
    "{ to: SCHEMA_VERSION, collection: 'users', change: (doc) => ({ ...doc, displayName: 'Changed' }) },";
  const migrations = take('adapters/migrations/migrations.ts').replace(
    /(migrations: \[[^\]]*?)\],/,
    `$1, ${change}],`,
  );
  const version = take('model/schema-version.ts').replace(/SCHEMA_VERSION = \d+/, `SCHEMA_VERSION = ${NEXT}`);
  writeFileSync(join(folder, 'migrations.ts'), migrations);
  writeFileSync(join(folder, 'schema-version.ts'), version);
  const lines = [
    `FROM ${testImage('server')}`,
    'COPY migrations.ts /opt/gradeport/server/adapters/migrations/',
    'COPY schema-version.ts /opt/gradeport/server/model/',
  ];
  writeFileSync(join(folder, 'Dockerfile'), `${lines.join('\n')}\n`);
  await mustRun('docker', ['build', '--quiet', '--tag', testImage('newer'), folder]);
}
