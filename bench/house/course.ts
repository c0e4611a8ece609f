/** The measured tasks. They are small on purpose, so that the time is Gradeport's own. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const COURSE = 'bench';

/** The purpose of each task. */
export type TaskId = 'trivial' | 'python' | 'student' | 'student-mixed' | 'c' | 'c-by-itself';

type BenchTask = { environment: string; memoryMib: number; run: string; file: 'run' | 'run.py' };

const TRIVIAL = `#!/bin/sh
feedback-result success
`;

const PYTHON = `from inginious_container_api import feedback
feedback.set_global_result('success')
feedback.set_grade(100)
`;

const STUDENT = `from inginious_container_api import feedback, run_student
out, status = run_student.run_student_simple('true', stdout_err_fuse=True)
feedback.set_global_result('success' if status == 0 else 'failed')
`;

const C_ANSWER = `#include <stdio.h>
int main(void) { puts("42"); return 0; }
`;
const COMPILE = 'gcc -std=c11 -Wall -o program answer.c';

const C = `from inginious_container_api import feedback, run_student
def student(command):
    return run_student.run_student_simple(command, stdout_err_fuse=True, working_dir='/task/student')
with open('student/answer.c', 'w') as file:
    file.write('''${C_ANSWER}''')
said, compiled = student('${COMPILE}')
out, status = student('./program')
ok = compiled == 0 and status == 0 and out.strip() == '42'
feedback.set_global_result('success' if ok else 'failed')
`;

/** The same programs without run_student: the grader starts them in its own container. */
const C_BY_ITSELF = `import subprocess, time
from inginious_container_api import feedback
with open('student/answer.c', 'w') as file:
    file.write('''${C_ANSWER}''')
begun = time.perf_counter()
subprocess.run('${COMPILE}'.split(), cwd='/task/student', check=True)
out = subprocess.run(['./program'], cwd='/task/student', check=True, capture_output=True).stdout
taken = time.perf_counter() - begun
feedback.set_custom_value('ms', taken * 1000)
feedback.set_global_result('success' if out.strip() == b'42' else 'failed')
`;

/**
 * Slots are shared by tasks with the same environment and limits. Each task has a memory limit of its own,
 * so that it is measured alone; student-mixed shares trivial's slots, as tasks of one course often do.
 */
const TASKS: Record<TaskId, BenchTask> = {
  trivial: { environment: 'default', memoryMib: 100, file: 'run', run: TRIVIAL },
  python: { environment: 'default', memoryMib: 101, file: 'run.py', run: PYTHON },
  student: { environment: 'default', memoryMib: 102, file: 'run.py', run: STUDENT },
  'student-mixed': { environment: 'default', memoryMib: 100, file: 'run.py', run: STUDENT },
  c: { environment: 'c', memoryMib: 128, file: 'run.py', run: C },
  'c-by-itself': { environment: 'c', memoryMib: 129, file: 'run.py', run: C_BY_ITSELF },
};

const taskYaml = (id: string, { environment, memoryMib }: BenchTask): string => `name: ${id}
environment_type: docker
environment_id: ${environment}
environment_parameters: {limits: {time: 10, hard_time: 30, memory: ${memoryMib}}}
problems:
  q: {type: code, name: The answer, language: python, default: "an answer"}
`;

export async function writeCourse(folder: string): Promise<void> {
  const course = join(folder, COURSE);
  await mkdir(course, { recursive: true });
  await writeFile(join(course, 'course.yaml'), 'name: Benchmark\naccessible: true\n');
  for (const [id, task] of Object.entries(TASKS)) {
    await mkdir(join(course, id, 'student'), { recursive: true });
    await writeFile(join(course, id, 'task.yaml'), taskYaml(id, task));
    await writeFile(join(course, id, task.file), task.run, { mode: 0o755 });
  }
}
