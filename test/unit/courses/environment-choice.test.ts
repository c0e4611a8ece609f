import { describe, expect, test } from 'vitest';
import { checkChoice, choicesOf, inChosen } from '../../../server/courses/environment-choice.ts';
import { readInginiousTask } from '../../../server/courses/inginious/task-file.ts';
import type { DefaultEnvironments } from '../../../server/courses/task.ts';

function read(text: string, defaults?: DefaultEnvironments) {
  const place = { id: 'one', course: 'c', folder: '/nowhere', file: 'one/task.yaml', defaults };
  const reading = readInginiousTask(`${text}\nproblems: {}`, place);
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems));
  return reading.task;
}

describe('a task that names no environment', () => {
  const defaults = { cpu: 'python3', gpu: 'cuda' };

  test('gets the installation’s own: the one with a GPU for the types that have one', () => {
    expect(read('name: x', defaults).environment).toBe('python3');
    expect(read('environment_type: docker', defaults).environment).toBe('python3');
    expect(read('environment_type: nvidia', defaults)).toMatchObject({
      environment: 'cuda',
      environmentNeeds: { needGpu: true },
    });
    expect(read('environment_type: kata', defaults).environment).toBe('python3');
    expect(read('name: x').environment).toBe('default');
  });

  test('is another thing than a quiz, or than one that names an environment', () => {
    expect(read('environment_type: mcq', defaults).environment).toBeNull();
    expect(read('environment: mcq', defaults).environment).toBeNull();
    expect(read('environment: c', defaults).environment).toBe('c');
    expect(read('environment_type: nvidia\nenvironment_id: c', defaults).environment).toBe('c');
  });
});

describe('a task that lets students choose', () => {
  const task = read('environment_id: c\nenvironment_choices: [cpp, c, java]');

  test('offers its own first, each once', () => {
    expect(choicesOf(task)).toEqual(['c', 'cpp', 'java']);
    expect(choicesOf(read('environment_id: c\nenvironment_choices: cpp, java'))).toEqual([
      'c',
      'cpp',
      'java',
    ]);
  });

  test('is graded in what was asked for, and in its own where nothing was', () => {
    expect(checkChoice(task, 'java')).toBe('java');
    expect(inChosen(task, 'java').environment).toBe('java');
    expect(inChosen(task, undefined)).toBe(task);
  });

  test('refuses any other, and says which there are', () => {
    expect(() => checkChoice(task, 'sandbox-root')).toThrow(
      'Task "one" cannot be graded in "sandbox-root". Choose one of c, cpp, java.',
    );
  });

  test('grants nothing that its teacher took back since', () => {
    expect(inChosen({ ...task, environmentChoices: ['cpp'] }, 'java').environment).toBe('c');
  });
});

describe('a task without choices', () => {
  const task = read('environment_id: c');

  test('offers none, takes its own name, and refuses others with what to write', () => {
    expect(choicesOf(task)).toEqual([]);
    expect(choicesOf(read('environment_id: c\nenvironment_choices: [c]'))).toEqual([]);
    expect(checkChoice(task, 'c')).toBe('c');
    expect(() => checkChoice(task, 'cpp')).toThrow(/lists no environment_choices/);
  });

  test('says that choices of a quiz have no effect, with their line', () => {
    const quiz = read('environment_type: mcq\nenvironment_choices: [c]');
    expect(choicesOf(quiz)).toEqual([]);
    expect(quiz.notices).toMatchObject([{ line: 2, message: expect.stringContaining('no effect') }]);
  });
});
