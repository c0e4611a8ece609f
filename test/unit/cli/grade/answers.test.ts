/** Answers from a file, as "gradeport grade --answers" reads them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readInputFile } from '../../../../server/cli/grade/answers.ts';
import type { Problem, Task } from '../../../../server/courses/task.ts';
import { taskNamed } from '../../../support/http/course.ts';

const code = (id: string): Problem => ({
  id,
  type: 'code',
  name: '',
  header: '',
  language: '',
  default: '',
  optional: false,
  firstLine: 1,
});
const upload: Problem = {
  id: 'f',
  type: 'file',
  name: '',
  header: '',
  optional: true,
  maxBytes: null,
  extensions: [],
};
const task: Task = taskNamed('t', { problems: [...['q', 'y'].map(code), upload] });

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradeport-answers-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(content: string) {
  const path = join(folder, 'answers.yaml');
  await writeFile(path, content);
  return readInputFile(path, task);
}

test.each([
  ['010', '010'],
  ['1.10', '1.10'],
  ['yes', 'yes'],
  ['10:30', '10:30'],
  ['"x"', 'x'],
  ['', ''],
])('an answer %s is the text that was written', async (written, answer) => {
  expect((await read(`q: ${written}\ny: 1\n`)).answers).toEqual(
    new Map([
      ['q', answer],
      ['y', '1'],
    ]),
  );
});

test('a file may be bytes of YAML, base64 or left out; other keys are the grader’s', async () => {
  const bytes = { filename: 'a', content: Buffer.from('hi') };
  const { answers, extra } = await read('f: {filename: a, value: !!binary aGk=}\n"@state": 3\n');
  expect(answers.get('f')).toMatchObject({ filename: 'a' });
  expect(Buffer.from(Object(answers.get('f')).content)).toEqual(bytes.content);
  expect(extra).toEqual({ '@state': 3 });
  expect((await read('f: {filename: a, content: aGk=}')).answers.get('f')).toEqual(bytes);
  expect((await read('f:')).answers.get('f')).toBe('');
});

test('what cannot be read says where, and what is no answer says which', async () => {
  await expect(read('q: [\n')).rejects.toThrow(/answers\.yaml:\d+:\d+: YAML/);
  await expect(read('- a')).rejects.toThrow('expected a map of problem ids to answers');
  await expect(read('q: {a: 1}')).rejects.toThrow('answers.yaml: q: an answer is a text');
});
