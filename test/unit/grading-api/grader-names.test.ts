/** Graders under names that are nearly right, and feedback with pictures that are too large: the agent, as it runs. */
import { expect, test } from 'vitest';
import { graded } from '../../support/grading-api/agent.ts';

test.each<[string, Record<string, string>, string]>([
  ['its ending is written otherwise', { 'run.PY': '' }, 'There is /task/run.PY: rename it to run.py.'],
  ['it has one more ending', { 'run.sh.txt': '' }, 'There is /task/run.sh.txt: rename it to run.sh.'],
  ['it is a folder', { 'run/x': '' }, '/task/run is a folder: put the program that grades into a file run.'],
])('a grader that is not found because %s is named', async (_, files, sentence) => {
  expect((await graded(files)).result.problem).toContain(sentence);
});

const DRAWS = `import os
from inginious_container_api import feedback, rst
for name, size in (('small', 100_000), ('large', 900_000), ('other', 500_000)):
    with open(name + '.png', 'wb') as file:
        file.write(os.urandom(size))
    feedback.set_global_feedback('\\n\\nbefore ' + name + rst.get_imageblock(name + '.png') + '\\n\\nafter ' + name, True)
feedback.set_global_result('success')
`;

test('pictures that a report has no room for are left out, the largest first; words and the others stay', async () => {
  const { result } = await graded({ 'run.py': DRAWS });
  const text = String(Object(result.feedback).text);
  expect(result).toMatchObject({ problem: null, feedback: { result: 'success' } });
  const pictures = [...text.matchAll(/(after|before) \w+|data:image\/([\w-]+);base64,[\w+/=]{1,7}/g)];
  expect(pictures.map(([found, , kind]) => kind ?? found)).toEqual([
    ...['before small', 'png', 'after small'],
    ...['before large', 'gradeport-left-out', 'after large', 'before other', 'png', 'after other'],
  ]);
  expect(text).toContain('data:image/gradeport-left-out;base64,900000"');
});

const DRAWS_TEN = `import os
from inginious_container_api import feedback, rst
for at in range(10):
    with open('plot.png', 'wb') as file:
        file.write(os.urandom(300_000))
    feedback.set_global_feedback(rst.get_imageblock('plot.png') + '\\n\\nafter %d\\n\\n' % at, True)
feedback.set_global_result('success')
`;

test('of ten pictures of 300 KB two stay, and each text between them', async () => {
  const { result } = await graded({ 'run.py': DRAWS_TEN });
  const text = String(Object(result.feedback).text);
  expect(result).toMatchObject({ problem: null, feedback: { result: 'success' } });
  expect(text.match(/data:image\/png;base64,/g)).toHaveLength(2);
  expect(text.match(/gradeport-left-out;base64,300000"/g)).toHaveLength(8);
  expect(text.match(/after \d/g)).toHaveLength(10);
});
