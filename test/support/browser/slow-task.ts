/** A task whose grader waits until the test lets it go on, so that "in the middle of a run" does not depend on luck. */
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const TASK = `
name: A grader that waits
author: Test
environment_type: docker
environment_id: default
environment_parameters:
  limits: { time: 20, hard_time: 90, memory: 128 }
problems:
  code: { type: code, name: The answer, language: python, default: "first" }
`;

/**
 * The answer names the file in the run's student folder that the grader waits for: what is in the course's folders now
 * does not reach a run that was submitted before.
 */
const RUN = `
import os, sys, time
from inginious_container_api import feedback, input

name = input.get_input('code').strip()
print('\\x1b[32mgrading <b>%s</b>\\x1b[0m' % name, flush=True)
print('a warning', file=sys.stderr, flush=True)
while not os.path.exists('/task/student/' + name):
    time.sleep(0.02)
print('going on', flush=True)
feedback.set_grade(100)
feedback.set_global_result('success')
feedback.set_global_feedback('Patience is **rewarded**.')
`;

export type SlowTask = {
  href: string;
  /** Lets the grader of the submission with this answer come to its end. */
  letGo(answer: string): Promise<void>;
};

export async function addSlowTask(courses: string): Promise<SlowTask> {
  const course = join(courses, 'demo');
  const task = join(course, 'slow');
  await mkdir(task, { recursive: true });
  await writeFile(join(task, 'run.py'), RUN.trimStart());
  await chmod(join(task, 'run.py'), 0o755);
  await writeFile(join(task, 'task.yaml'), TASK.trimStart());
  return {
    href: '/courses/demo/tasks/slow',
    letGo: (answer) => tellGraders(join(dirname(courses), 'runs'), answer),
  };
}

/** @param runs the folder of slots beside the courses: each has a task and a student folder */
async function tellGraders(runs: string, answer: string): Promise<void> {
  const slots = (await readdir(runs)).map((slot) => join(runs, slot));
  const graded = slots.filter((slot) => existsSync(join(slot, 'task/run.py')));
  if (graded.length === 0) throw new Error(`No run of ${runs} has a grader that waits.`);
  await Promise.all(graded.map((slot) => writeFile(join(slot, 'student', answer), '')));
}
