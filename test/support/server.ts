/** The real server with the demo course, real containers and a data folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, PROJECT_FOLDER } from '../../server/config.ts';
import { openEngine } from '../../server/engine/open.ts';
import { isKeptName, keptName } from '../../server/environments/kept-names.ts';
import { createLog } from '../../server/log.ts';
import { type RunningServer, startServer } from '../../server/main.ts';
import { installDemoCourse } from '../../server/setup/demo-course.ts';
import { createFirstAccounts, type FirstAccount } from '../../server/setup/first-accounts.ts';
import { installationId } from '../../server/setup/installation-id.ts';
import type { Store } from '../../server/store/port.ts';
import { storeUrlOf } from './store/store-url.ts';

export type TestAccounts = Record<'operator' | 'teacher' | 'student' | 'other', FirstAccount>;
export type TestServer = RunningServer & {
  accounts: TestAccounts;
  /** Folder of the course folders that this server reads. */
  courses: string;
  /** Of the names that it gives to images. */
  installation: string;
};

export async function startTestServer(options: Record<string, unknown> = {}): Promise<TestServer> {
  const data = await mkdtemp(join(tmpdir(), 'gradeport-test-'));
  const config = loadConfig(
    // Samples of the images that are there would take processors from what is tested.
    { data, store: storeUrlOf(data), port: 0, logLevel: 'error', testFirst: 'no', ...options },
    undefined,
    {},
  );
  const before = await keptNames();
  const courses = join(data, 'courses');
  let created: FirstAccount[] = [];
  const server = await startServer(config, createLog(config.logLevel), async (store) => {
    created = await createFirstAccounts(store, data, Date.now);
    await installDemoCourse(PROJECT_FOLDER, courses);
  });
  const account = (name: string): FirstAccount => {
    const found = created.find((each) => each.name === name);
    if (!found) throw new Error(`no first account "${name}"`);
    return found;
  };
  return {
    ...server,
    courses,
    installation: await installationId(data),
    accounts: {
      operator: account('operator'),
      teacher: account('teacher'),
      student: account('student'),
      other: account('student2'),
    },
    async close() {
      const names = await namesGiven(server.store, await installationId(data));
      await server.close();
      await forget(names.filter((name) => !before.has(name)));
      await rm(data, { recursive: true });
    },
  };
}

/** Names of images that it built or graded with itself; those of tests that run beside it are theirs. */
async function namesGiven(store: Store, installation: string): Promise<string[]> {
  const graded = await store.runs.group('environment.digest', {});
  const revisions = await store.revisions.find({});
  return revisions
    .filter(({ digest, from }) => graded.has(digest) || from !== 'found')
    .map(({ name, digest }) => keptName(name, digest, installation));
}

/** What only this server's history needed: names of ours, and images that people gave no other. */
async function forget(names: readonly string[]): Promise<void> {
  const engine = openEngine();
  for (const name of names) await engine.untag(name);
  await engine.close();
}

async function keptNames(): Promise<Set<string>> {
  const engine = openEngine();
  const images = await engine.images();
  await engine.close();
  return new Set(images.flatMap(({ tags }) => tags.filter(isKeptName)));
}
