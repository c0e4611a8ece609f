import type { FieldView, GroupView, LeftCard } from '../membership-views.ts';
import type { BrokenTaskRow, CoursePage, CoursesPage, SectionView, TaskRow } from '../view-models.ts';
import { HOSTILE, LONG, LONG_WORD, sample } from './texts.ts';

const fault = { file: 'hello/task.yaml', line: 3, column: 7, message: 'Expected a number.' };
const broken = sample<Pick<CoursePage, 'broken'>>('broken-tasks', {
  one: { broken: [{ id: 'hello', problems: [fault] }] },
  several: {
    broken: [
      { id: 'hello', problems: [fault, { ...fault, line: null, column: null }] },
      { id: 'other', problems: [fault] },
    ],
  },
  long: { broken: [{ id: LONG_WORD, problems: [{ ...fault, file: LONG_WORD, message: LONG }] }] },
  hostile: { broken: [{ id: HOSTILE, problems: [{ ...fault, file: HOSTILE, message: HOSTILE }] }] },
});

const notices = sample<{ notices: BrokenTaskRow['problems'] }>('notices', {
  one: { notices: [fault] },
  long: { notices: Array.from({ length: 12 }, () => ({ ...fault, message: LONG })) },
  hostile: { notices: [{ ...fault, message: HOSTILE }] },
});

const task: TaskRow = {
  id: 'hello',
  name: 'Hello',
  href: '/courses/demo/tasks/hello',
  status: 'new',
  grade: null,
  environment: 'python3',
  closed: null,
  forStudents: null,
  deadline: null,
  categories: [],
};
const none: SectionView = { title: '', closed: false, sections: [], tasks: [] };
const sections: Record<string, SectionView> = {
  empty: none,
  full: {
    ...none,
    title: 'First week',
    tasks: [
      task,
      { ...task, status: 'tried', grade: 40 },
      { ...task, status: 'solved', grade: 100, categories: ['loops', 'easy'] },
      { ...task, closed: 'Closed since 2026-11-20 10:58 UTC.' },
      { ...task, deadline: 'Open until 2026-12-24 10:58 UTC.' },
      { ...task, forStudents: 'Opens for students at 2026-12-20 10:58 UTC.' },
    ],
  },
  nested: { ...none, title: 'Part', closed: true, sections: [{ ...none, title: 'Chapter', tasks: [task] }] },
  long: { ...none, title: LONG, tasks: [{ ...task, name: LONG, closed: LONG, categories: [LONG_WORD] }] },
  hostile: { ...none, title: HOSTILE, tasks: [{ ...task, name: HOSTILE, environment: HOSTILE }] },
};

const card = {
  id: 'demo',
  name: 'Demo',
  descriptionHtml: '<p>About <em>things</em>.</p>',
  joinHref: '/courses/demo/join',
  needsPassword: false,
  error: null,
};
const joinable = sample<Pick<CoursesPage, 'joinable'>>('joinable', {
  full: { joinable: [card, { ...card, id: 'second', needsPassword: true }] },
  error: { joinable: [{ ...card, needsPassword: true, error: 'This is not the password of the course.' }] },
  long: {
    joinable: [{ ...card, name: LONG, descriptionHtml: `<p>${LONG}</p>`, needsPassword: true, error: LONG }],
  },
  hostile: {
    joinable: [{ ...card, name: HOSTILE, descriptionHtml: '', needsPassword: true, error: HOSTILE }],
  },
});

const left = { id: 'demo', name: 'Demo', backHref: '/courses/demo/come-back' };
const leftCourses = sample<{ left: LeftCard[] }>('left-courses', {
  full: { left: [left] },
  long: { left: [{ ...left, name: LONG }] },
  hostile: { left: [{ ...left, name: HOSTILE }] },
});

const text: FieldView = {
  id: 'matricule',
  description: 'Student number',
  isFlag: false,
  isNumber: true,
  checked: false,
  value: '',
  error: null,
};
const flag: FieldView = {
  ...text,
  id: 'late',
  description: 'I repeat this course',
  isFlag: true,
  isNumber: false,
};
type Fields = Pick<CoursePage, 'fields' | 'fieldsNotice'> & { course: { href: string } };
const course = { href: '/courses/demo' };
const fields = sample<Fields>('student-fields', {
  empty: { fields: [text, flag], fieldsNotice: null, course },
  saved: {
    fields: [
      { ...text, value: '12' },
      { ...flag, checked: true },
    ],
    fieldsNotice: 'Saved.',
    course,
  },
  error: { fields: [{ ...text, value: 'x', error: 'This must be a number.' }], fieldsNotice: null, course },
  long: { fields: [{ ...text, description: LONG, value: LONG, error: LONG }], fieldsNotice: null, course },
  hostile: {
    fields: [{ ...text, description: HOSTILE, value: HOSTILE, error: HOSTILE }],
    fieldsNotice: null,
    course,
  },
});

const people = [
  { name: 'ada', displayName: 'Ada Lovelace' },
  { name: 'alan', displayName: 'Alan Turing' },
];
const group: GroupView & { staff: boolean; without: typeof people } = {
  id: 'red',
  name: 'Red',
  size: 3,
  taken: 2,
  own: false,
  href: '/courses/demo/groups/red',
  people,
  canFill: true,
  canEnter: null,
  canLeave: null,
  staff: true,
  without: people,
};
const groups = {
  'for students': { ...group, staff: false, canFill: false },
  'for staff': group,
  long: { ...group, name: LONG, people: [{ name: 'long', displayName: LONG }] },
  hostile: { ...group, name: HOSTILE, people: [{ name: HOSTILE, displayName: HOSTILE }] },
};

export const courseSamples = [
  broken,
  notices,
  sample('section', sections),
  sample('section-tasks', sections),
  joinable,
  leftCourses,
  sample<Pick<CoursePage, 'leaveHref'>>('leave-course', { full: { leaveHref: '/courses/demo/leave' } }),
  fields,
  sample('group-members', groups),
  sample('group-staff', groups),
  sample<{ title: string; text: string }>(
    'empty',
    { full: { title: 'No tasks yet', text: 'Check back later.' }, long: { title: LONG, text: LONG } },
    'block',
  ),
];
