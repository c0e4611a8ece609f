/** Grades one input of one task: in containers, or in this process when it is a quiz. */
import type { Task } from '../courses/task.ts';
import type { ContainerTask, Executor, Graded, GradeRequest } from '../execution/execute.ts';
import { gradeQuizHere } from './grade-quiz.ts';

export type Grader = (request: GradeRequest<Task>) => Promise<Graded>;

export const needsContainer = (task: Task): task is Task & ContainerTask => task.environment !== null;

/** @param execute grades what needs a container */
export function graderOf(execute: Executor): Grader {
  return async (request) => {
    const { task } = request;
    return needsContainer(task) ? execute({ ...request, task }) : gradeQuizHere(request);
  };
}
