/** Task files of INGInious, read as a course reads them. */
import { readInginiousTask } from '../../server/courses/inginious/task-file.ts';
import type { Task } from '../../server/courses/task.ts';

const place = { id: 'fact', course: 'demo', folder: '/courses/demo/fact', file: 'demo/fact/task.yaml' };
export const read = (text: string) => readInginiousTask(text, place);

export function task(text: string): Task {
  const result = read(text);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.task;
}

export function faults(text: string): string[] {
  const result = read(text);
  const list = 'problems' in result ? result.problems : [];
  return list.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
}

/** Of the notices: line, column and sentence. */
export const notices = (text: string) =>
  task(text).notices.map(({ line, column, message }) => `${line}:${column}: ${message}`);

export const OLD = `
name: Fact
author: [one, two]
environment: java7
limits: {time: '30', hard_time: '', memory: "100", output: 2, disk: 0, language: x}
run_cmd: ''
network_grading: 'on'
order: '3'
file: ''
problems:
  "10": {type: code-single-line, name: First}
  "2": {type: multiple-choice, choices: [{text: a, valid: 'on'}, {text: 3}], unshuffle: true}
  f: {type: code-file, allowed_exts: [.c, .h], max_size: '1000'}
`;
