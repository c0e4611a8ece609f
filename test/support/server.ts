/** The real server with the demo course, real containers and a data folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, PROJECT_FOLDER } from '../../server/config/config.ts';
import { installationId } from '../../server/config/installation-id.ts';
import { installDemoCourse } from '../../server/first-start/demo-course.ts';
import { createFirstAccounts, type FirstAccount } from '../../server/first-start/first-accounts.ts';
import { type RunningServer, startServer } from '../../server/main/all-in-one.ts';
import { createLog } from '../../server/main/log.ts';
import { forgetImages } from './forget-images.ts';
import { storeUrlOf } from './store/store-url.ts';

export type TestAccounts = Record<'operator' | 'teacher' | 'student' | 'other', FirstAccount>;
export type TestServer = RunningServer & {
  accounts: TestAccounts;
  /** Folder of the course folders that this server reads. */
  courses: string;
  /** Of the names that it gives to images. */
  installation: string;
};

type TestServerOptions = Record<string, unknown> & {
  /** Default: one in the temporary folder. */
  data?: string;
};

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { data = await mkdtemp(join(tmpdir(), 'gradeport-test-')) } = options;
  const config = loadConfig(
    // Samples of the images that are there would take processors from what is tested.
    {
      data,
      store: storeUrlOf(data),
      port: 0,
      logLevel: 'error',
      testFirst: 'no',
      // A suite hands in as one student what a class would.
      submissions: { perMinute: 1000 },
      ...options,
    },
    undefined,
    {},
  );
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
      await server.close();
      await forgetImages(data);
      await rm(data, { recursive: true });
    },
  };
}
