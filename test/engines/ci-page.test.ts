/** docs/ci.md: the commands of its jobs do what it says, on a repository of tasks, as a user without root. */
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { PROJECT_FOLDER } from '../../server/config/config.ts';
import { forgetImages } from '../support/forget-images.ts';
import { asUser, folderOfUser, saidBy } from '../support/other-user.ts';

const SOCKET = '/var/run/docker.sock';
const page = readFileSync(join(PROJECT_FOLDER, 'docs/ci.md'), 'utf8');

/** The YAML below a heading. */
function blockOf(heading: string): unknown {
  const [, text = ''] = page.split(`\n## ${heading}\n`);
  return parse(/```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '');
}

const github = z
  .object({
    jobs: z.object({ samples: z.object({ steps: z.array(z.object({ run: z.string().optional() })) }) }),
  })
  .transform(({ jobs }) => jobs.samples.steps.flatMap(({ run }) => run ?? []));
const gitlab = z
  .object({ samples: z.object({ script: z.array(z.string()) }) })
  .transform((file) => file.samples.script);

const JOBS: [name: string, lines: string[]][] = [
  ['GitHub Actions', github.parse(blockOf('GitHub Actions'))],
  ['GitLab', gitlab.parse(blockOf('GitLab'))],
];

/** Of both jobs, so that the self-check of the set-up runs once. */
let data = '';
let removeData = () => {};
beforeAll(() => {
  data = join(
    folderOfUser('kept', (remove) => {
      removeData = remove;
    }),
    'data',
  );
});
afterAll(async () => {
  await forgetImages(data);
  removeData();
});

/** A repository with one course, as a teacher has it, in the folder where a job works. */
function openJob() {
  const home = folderOfUser('job');
  const tasks = join(home, 'tasks');
  const course = join(tasks, 'courses/week1');
  mkdirSync(course, { recursive: true });
  for (const task of ['quiz', 'python-sum'])
    cpSync(join(PROJECT_FOLDER, 'examples/demo', task), join(course, task), { recursive: true });
  writeFileSync(join(course, 'course.yaml'), 'name: Week 1\n');
  chmodSync(tasks, 0o777);
  return {
    tasks,
    course,
    /** As the shell of a job does it: the first line that fails ends it. */
    async run(lines: readonly string[]) {
      // Each step begins in the folder of the repository.
      const script = ['set -e', CLONE, ...lines.map((line) => `( ${line}\n)`)].join('\n');
      const env = {
        HOME: home,
        TMPDIR: home,
        RUNNER_TEMP: home,
        CI_BUILDS_DIR: home,
        GRADEPORT_SOURCE: PROJECT_FOLDER,
        GRADEPORT_DATA: data,
      };
      return saidBy(asUser(['bash', '-c', script], { env, cwd: tasks, socket: SOCKET }));
    },
  };
}

/** There is no network here to clone from, or to install from: the checkout is this one. */
const CLONE = 'git() { mkdir "$5"; ln -s "$4"/* "$4"/.[a-z]* "$5"; }';

/** The set-up of the first one grades the samples of the demo. */
describe.each(JOBS)('the job for %s', (_, lines) => {
  test('passes with samples that get what they must, and leaves a report', async () => {
    const job = openJob();
    const { code, stdout, stderr } = await job.run(lines);
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    expect(stdout).toContain('✓ 2 tasks can be read');
    expect(stderr).toMatch(/(\d+) of \1 as expected\./);
    expect(readFileSync(join(job.tasks, 'report.xml'), 'utf8')).toContain('name="week1/python-sum"');
  }, 300_000);

  test('fails when a sample gets another verdict, and names it last', async () => {
    const job = openJob();
    const samples = join(job.course, 'quiz/samples');
    const [file = ''] = readdirSync(samples);
    const wrong = readFileSync(join(samples, file), 'utf8').replace(/verdict: \w+/, 'verdict: timeout');
    writeFileSync(join(samples, file), wrong);
    // The set-up is the same as above.
    const { code, stderr } = await job.run(lines.map((line) => line.replace(/^npm start.*$/m, 'true')));
    expect(code, stderr).toBe(1);
    expect(stderr.trimEnd()).toMatch(/Not as expected: quiz\/[\w-]+\.$/);
    expect(readFileSync(join(job.tasks, 'report.xml'), 'utf8')).toContain('failures="1"');
  });
});
