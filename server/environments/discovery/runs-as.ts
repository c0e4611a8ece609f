/** The user that programs run as in the containers of an environment. Pure. */
import type { Environment } from './environment.ts';

/**
 * The user of graders and student programs (INGInious' own number): "worker" in our base image, without a name in
 * others. grading-api/agent/identity.py has the same number.
 */
export const WORKER_UID = 4242;
const ROOT_UID = 0;

export type RunsAs = { grader: number; student: number; sentence: string };

export function runsAs({ needRoot }: Pick<Environment, 'needRoot'>): RunsAs {
  return needRoot
    ? {
        grader: ROOT_UID,
        student: WORKER_UID,
        sentence: `Graders: root, on a kernel of their own. Students' programs: user ${WORKER_UID}, or root where the grader says so.`,
      }
    : {
        grader: WORKER_UID,
        student: WORKER_UID,
        sentence: `User ${WORKER_UID}, graders and students' programs.`,
      };
}
