/** The environment that a submission asks for, where its task lets students choose. Pure. */
import { GradeportError } from '../rules/errors.ts';
import type { Task } from './task.ts';

type Choosing = Pick<Task, 'environment' | 'environmentChoices'>;

/** Grading names, the task's own first; empty: the student has no choice. */
export function choicesOf({ environment, environmentChoices = [] }: Choosing): string[] {
  const names = environment === null ? [] : [...new Set([environment, ...environmentChoices])];
  return names.length > 1 ? names : [];
}

/** Fails with "usage" for an environment that the task does not list. undefined: the task's own. */
export function checkChoice(
  task: Pick<Task, 'id'> & Choosing,
  asked: string | undefined,
): string | undefined {
  if (asked === undefined || asked === task.environment || choicesOf(task).includes(asked)) return asked;
  const choices = choicesOf(task);
  const wish =
    choices.length === 0
      ? 'Its task.yaml lists no environment_choices, so leave it out'
      : `Choose one of ${choices.join(', ')}`;
  throw new GradeportError('usage', `Task "${task.id}" cannot be graded in "${asked}". ${wish}.`);
}

/** The task as it is graded for this submission; a choice that its teacher has withdrawn is not granted. */
export function inChosen<T extends Choosing>(task: T, asked: string | undefined): T {
  return asked !== undefined && choicesOf(task).includes(asked) ? { ...task, environment: asked } : task;
}
