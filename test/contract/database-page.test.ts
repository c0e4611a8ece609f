/** docs/database.md: its commands do what it says, one after the other, on an installation of their own. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openStore } from '../../server/adapters/open-store.ts';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { freshDatabase, sharedMongoServer } from '../support/mongo/server.ts';
import { contentsOf, fillStore } from '../support/store/full-store.ts';
import { tempFolder } from '../support/store/temp-folder.ts';

const server = await sharedMongoServer();
const page = readFileSync(join(PROJECT_FOLDER, 'docs/database.md'), 'utf8');

/** The blocks below a heading, in order. */
function blocksOf(heading: string): string[] {
  const [, text = ''] = page.split(`\n## ${heading}\n`);
  const [own = ''] = text.split('\n## ');
  return [...own.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? '');
}

async function installation() {
  const [folder, backups] = [join(tempFolder(), 'gradeport'), tempFolder()];
  mkdirSync(folder);
  const url = server.url(freshDatabase());
  const place = { data: folder, store: null };
  const store = await openStore(place);
  await fillStore(store);
  await store.close();
  const bin = join(PROJECT_FOLDER, 'bin/gradeport.mjs');
  const prelude = `set -e; unset GRADEPORT_STORE GRADEPORT_CONFIG; npx() { shift; "${process.execPath}" "${bin}" "$@"; };`;
  return {
    folder,
    backups,
    place,
    /** A block as it stands there, with places of the test. */
    async run(block: string): Promise<string> {
      const script = block
        .replaceAll('/srv/gradeport', folder)
        .replaceAll('/srv/backup', backups)
        .replaceAll('mongodb://db.example.org/gradeport', url)
        .replaceAll('2026-11-20', '$(date +%F)');
      const { stdout } = await promisify(execFile)('sh', ['-c', `${prelude}\n${script}`], {
        env: { ...process.env, NO_COLOR: '1' },
      });
      return stdout;
    },
    async contents() {
      const opened = await openStore(place);
      return contentsOf(opened).finally(() => opened.close());
    },
  };
}

test('the move to MongoDB and back', async () => {
  const own = await installation();
  const before = await own.contents();
  const [there = '', back = '', ...more] = blocksOf('Move from SQLite to MongoDB and back');
  expect(more).toEqual([]);
  // The way back needs the address that the way there had set.
  const said = await own.run(`${there}\n${back}`);
  expect(said.match(/^submissions +2 +[0-9a-f]{16}$/gm)).toHaveLength(2);
  expect(said).not.toMatch(/[✗!] /);
  expect(await own.contents()).toEqual(before);
}, 120_000);

test('backup, restore and check', async () => {
  const own = await installation();
  mkdirSync(join(own.folder, 'courses/c1'), { recursive: true });
  writeFileSync(join(own.folder, 'courses/c1/course.yaml'), 'name: C\n');
  const before = await own.contents();
  const [backup = '', cron = '', restore = '', migration = '', check = ''] = blocksOf('Back up and restore');
  // test/contract/store-before-migration.test.ts has one to go back from.
  expect(migration.trim()).toBe('npx gradeport store restore --replace /srv/gradeport/backups');
  await own.run(backup);
  expect(cron).toContain(backup.split('\n')[1]?.replace('%F', '\\%F'));
  await own.run(`rm -rf /srv/gradeport; mkdir /srv/gradeport\n${restore}\n${check}`);
  expect(await own.contents()).toEqual(before);
  expect(readFileSync(join(own.folder, 'courses/c1/course.yaml'), 'utf8')).toBe('name: C\n');
}, 120_000);
