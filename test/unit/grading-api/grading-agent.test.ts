import { expect, test } from 'vitest';
import { grade, studentsOf } from './agent.ts';
import { makeSlot } from './container.ts';

test('a run.sh grader gives its feedback and its output', async () => {
  const slot = await makeSlot({ 'run.sh': 'feedback-result success; feedback-grade 73.5; echo out; echo err >&2; id; ls -la /task /.__output /run/gradeport' });
  const { result, stdout, stderr } = await grade(slot);
  console.log(stdout, stderr, result);
  expect(result.feedback).toEqual({ result: 'success', grade: 73.5 });
  expect(result.problem).toBeNull();
});
test('run_student', async () => {
  const slot = await makeSlot({ 'run.sh': 'cd student; echo hello | run_student tr a-z A-Z; echo $?; run_student id; run_student nosuch; echo $?; run_student "sh -c \'kill -9 \\$\\$\'"; echo $?; run_student; echo $?' });
  const { result, stdout, stderr, agent } = await grade(slot, {}, studentsOf(slot));
  console.log(stdout, stderr, result, agent.complaints());
});
