/** A course with one task of each kind of problem, as the catalogue would read it. */
import type { CourseCatalogue } from '../../../server/courses/catalogue-types.ts';
import { plainTask } from '../../../server/courses/plain-task.ts';
import type { Course, Task } from '../../../server/courses/task.ts';

export const EVIL = '<script>alert(1)</script><img src=x onerror=alert(1)>';

export function taskNamed(id: string, change: Partial<Task> = {}): Task {
  return {
    ...plainTask,
    id,
    course: 'c1',
    folder: `/nowhere/c1/${id}`,
    name: `Task ${id}`,
    author: 'Ada',
    context: 'Do *this*.',
    problems: [
      {
        type: 'code',
        id: 'q1',
        name: 'Code',
        header: '',
        language: 'python',
        default: 'pass',
        optional: false,
        firstLine: 1,
      },
    ],
    ...change,
  };
}

const quiz = taskNamed('quiz', {
  name: `Quiz ${EVIL}`,
  environment: null,
  problems: [
    {
      type: 'multiple_choice',
      id: 'many',
      name: 'Many',
      header: '',
      choices: [
        { text: 'Right one', valid: true, feedback: 'secret-feedback' },
        { text: 'Wrong one', valid: false, feedback: '' },
      ],
      multiple: true,
      limit: 0,
      shuffle: false,
      centralize: false,
      errorMessage: '',
      successMessage: '',
    },
    { type: 'match', id: 'm', name: 'Match', header: '', answer: 'secret-answer', centralize: false },
    {
      type: 'file',
      id: 'f',
      name: 'File',
      header: '',
      optional: false,
      maxBytes: null,
      extensions: ['.c'],
    },
  ],
});

export function demoCourse(): Course {
  return {
    id: 'c1',
    folder: '/nowhere/c1',
    name: 'Course <b>one</b>',
    description: 'About *things*.',
    tasks: [
      taskNamed('hello'),
      taskNamed('shown', { showOutput: true }),
      taskNamed('hidden', { access: { open: false, from: null, softUntil: null, until: null } }),
      taskNamed('over', { access: { open: true, from: null, softUntil: null, until: 1000 } }),
      quiz,
    ],
    broken: [
      { id: 'bad', problems: [{ file: 'bad/task.yaml', line: 3, column: 1, message: `oops ${EVIL}` }] },
    ],
    common: null,
    sections: [],
    deals: null,
    tags: [],
    admins: [],
    tutors: [],
    registration: null,
    groupsByStudents: false,
    fields: [],
    leavable: true,
    translations: new Map(),
    notices: [],
  };
}

export function catalogueOf(courses: Course[]): CourseCatalogue {
  const get = async (id: string) => courses.find((course) => course.id === id) ?? null;
  return {
    list: async () => courses,
    get,
    task: async (course, task) => (await get(course))?.tasks.find((one) => one.id === task) ?? null,
    close: async () => {},
  };
}
