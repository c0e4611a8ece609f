import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCourses } from '../../../../server/courses/catalogue.ts';
import type { Course, Task } from '../../../../server/courses/task.ts';
import { localiseCourse } from '../../../../server/courses/translations/localise.ts';
import { taskState } from '../../../../server/rules/access.ts';
import { copyOfCourse, moFile } from '../../../support/course-copy.ts';

let copy: Awaited<ReturnType<typeof copyOfCourse>>;
beforeEach(async () => {
  copy = await copyOfCourse();
});
afterEach(() => copy[Symbol.asyncDispose]());

async function read(): Promise<Course> {
  const course = await openCourses([copy.folder]).get('every');
  if (!course) throw new Error('no course');
  return course;
}

function taskOf(course: Course, id: string): Task {
  const task = course.tasks.find((one) => one.id === id);
  if (!task) throw new Error(`no task ${id}`);
  return task;
}
const stateOf = (task: Task, at = '2026-06-01') => taskState(task.access, Date.parse(at));
const messages = (course: Course) => course.notices.map(({ message }) => message);

describe('a course of INGInious', () => {
  test('has all its tasks, but for those that cannot be read, which say where and why', async () => {
    const course = await read();
    expect(course.tasks.map(({ id }) => id).toSorted()).toEqual(
      ['old', 'plugins', 'quiz', 'random', 'secret', 'tâche-é'].toSorted(),
    );
    expect(course.broken).toEqual([
      {
        id: 'broken',
        problems: [
          {
            file: 'every/broken/task.yaml',
            line: 2,
            column: 1,
            message: 'YAML: a tab is at the beginning of this line: put blanks in its place',
          },
        ],
      },
    ]);
  });

  test('shows them in its sections, and what no section names in one of its own', async () => {
    const { sections, tasks } = await read();
    const section = { closed: false, hiddenIfEmpty: false, sections: [] };
    expect(sections).toEqual([
      { ...section, title: 'First steps', tasks: ['quiz', 'old'] },
      {
        title: 'More',
        closed: true,
        hiddenIfEmpty: true,
        tasks: [],
        sections: [{ ...section, title: 'Deep', tasks: ['random', 'tâche-é'] }],
      },
      { ...section, title: 'Other tasks', hiddenIfEmpty: true, tasks: ['plugins', 'secret'] },
    ]);
    expect(tasks.map(({ id }) => id)).toEqual(['quiz', 'old', 'random', 'tâche-é', 'plugins', 'secret']);
  });

  test('says what its tasks leave open, and its word comes before theirs', async () => {
    const course = await read();
    expect(taskOf(course, 'quiz')).toMatchObject({ weight: 2, evaluate: 'last', categories: ['week1'] });
    expect(stateOf(taskOf(course, 'quiz'))).toBe('open');
    expect(taskOf(course, 'old')).toMatchObject({
      weight: 2,
      evaluate: 'best',
      groups: false,
      submissionLimit: { amount: 3, hours: 24 },
    });
    expect(stateOf(taskOf(course, 'old'), '2025-12-01')).toBe('not-yet');
    expect(taskOf(course, 'random')).toMatchObject({ weight: 1, categories: ['a', 'b'] });
  });

  test('hides from students what it hides, what it forgets, and what it says nonsense about', async () => {
    const course = await read();
    const hidden = course.tasks.filter((task) => stateOf(task) === 'hidden').map(({ id }) => id);
    expect(hidden).toEqual(['tâche-é', 'plugins', 'secret']);
  });

  test('is closed as a whole, or for a time, whatever its tasks say', async () => {
    await copy.write('course.yaml', 'name: x\naccessible: /2026-05-01\n');
    expect((await read()).tasks.map((task) => stateOf(task))).not.toContain('open');
    await copy.write('course.yaml', 'name: x\naccessible: maybe\n');
    expect((await read()).tasks.map((task) => stateOf(task))).not.toContain('open');
    await copy.write('course.yaml', 'name: "x\n');
    expect((await read()).tasks.map((task) => stateOf(task))).not.toContain('open');
  });

  test('keeps to its staff what graders print, unless it or a task says otherwise', async () => {
    const shown = async () => (await read()).tasks.filter(({ showOutput }) => showOutput).map(({ id }) => id);
    expect(await shown()).toEqual([]);
    await copy.write('course.yaml', 'name: x\nadmins: []\nshow_output: true\n');
    expect(await shown()).toHaveLength(6);
    await copy.write('course.yaml', 'name: Our course\n');
    expect(await shown()).toHaveLength(6);
  });

  test.each([
    ['registration: true\nfields:\n  age: { description: Age, type: INTEGER }', 6],
    ['tags: {}\ntoc: []\nis_lti: false', 6],
    ['admins: []', 0],
    ['format: inginious', 0],
    ['format: gradeport\nadmins: []', 6],
    ['format: moodle', 0],
  ])('is of INGInious where only INGInious has its keys, or "format" says so: %s', async (keys, shown) => {
    await copy.write('course.yaml', `name: x\n${keys}\n`);
    const { tasks } = await read();
    expect(tasks.filter(({ showOutput }) => showOutput)).toHaveLength(shown);
  });

  test('says for whose course it is taken, and why, unless the file decides', async () => {
    const said = async () => (await read()).notices.map(({ message }) => message).join('\n');
    await copy.write('course.yaml', 'name: x\ntutors: []\n');
    expect(await said()).toMatch(/tutors: only courses of INGInious have it.*show_output: true/);
    for (const decided of ['show_output: false', 'show_output: true', 'format: inginious']) {
      await copy.write('course.yaml', `name: x\ntutors: []\n${decided}\n`);
      expect(await said()).not.toContain('only courses of INGInious');
    }
  });

  test('has people and tags, for readers who want to know', async () => {
    const { admins, tutors, tags } = await read();
    expect([admins, tutors]).toEqual([['ada', 'bob'], ['carl']]);
    expect(tags.map(({ id, kind, visible }) => [id, kind, visible])).toEqual([
      ['loops', 'skill', true],
      ['off-by-one', 'misconception', false],
      ['week1', 'category', true],
    ]);
  });

  test('tells what of it has no effect, and nothing about what INGInious itself writes', async () => {
    expect(messages(await read())).toEqual([
      'colour: this key is not known and has no effect',
      'dispenser_data.config.random.wieght: not known; did you mean "weight"?',
      expect.stringContaining('dispenser_data.config.tâche-é.accessibility: expected true, false, or dates'),
      expect.stringContaining('admins: only courses of INGInious have it'),
      'dispenser_data.toc.0.tasks_list: there is no task "gone"',
      'dispenser_data.config.plugins: "accessibility" is missing, so students do not see this task',
      'evaluate: expected best or last; "best" is taken',
      expect.stringContaining('"blockly" needs a plugin'),
      expect.stringContaining('"math" needs a plugin'),
      expect.stringContaining('"network-trace" needs a plugin'),
    ]);
  });

  test('has problems of every type, and ids in any letters', async () => {
    const course = await read();
    const types = course.tasks.flatMap(({ problems }) => problems.map(({ id, type }) => `${id}: ${type}`));
    expect(types).toEqual([
      ...['one: multiple_choice', 'some: multiple_choice', 'word: match'],
      ...['code: code', 'line: code_single_line', 'choice: multiple_choice', 'upload: file'],
      ...['code: code', 'réponse: code', 'blocks: code', 'sum: code', 'trace: code'],
    ]);
    expect(taskOf(course, 'old')).toMatchObject({ htmlFeedback: true, environment: 'java7', network: true });
  });
});

describe('the table of contents', () => {
  test('may be the older list of sections, with tasks by their places', async () => {
    await copy.write(
      'course.yaml',
      'name: x\ntask_dispenser: toc\ndispenser_data:\n- {title: All, id: a, rank: 0, config: {closed: false}, tasks_list: {quiz: 2, random: 0, old: 1}}\n',
    );
    const course = await read();
    expect(course.sections[0]).toMatchObject({ title: 'All', tasks: ['random', 'old', 'quiz'] });
    expect(stateOf(taskOf(course, 'quiz'))).toBe('hidden');
    expect(stateOf(taskOf(course, 'random'))).toBe('open');
  });

  test('may be the oldest one, called toc; and an empty one is none', async () => {
    await copy.write('course.yaml', 'name: x\ntoc: [{title: All, tasks_list: [old]}]\n');
    expect((await read()).sections.map(({ title }) => title)).toEqual(['All', 'Other tasks']);
    await copy.write('course.yaml', 'name: x\nformat: inginious\ndispenser_data: {toc: {}, config: {}}\n');
    const course = await read();
    expect(course.sections).toEqual([]);
    expect(course.tasks.map(({ id }) => id)).toEqual([
      'plugins',
      'quiz',
      'random',
      'secret',
      'tâche-é',
      'old',
    ]);
    expect(messages(course).some((message) => message.includes('dispenser'))).toBe(false);
  });

  test('shows everything of a dispenser that is not there, and says so', async () => {
    await copy.write(
      'course.yaml',
      'name: x\ntask_dispenser: contest\ndispenser_data: {toc: [], config: {}}\n',
    );
    expect(messages(await read())[0]).toContain('"contest" is not there');
  });

  test('does no harm when it is nonsense', async () => {
    for (const nonsense of [
      '7',
      'x',
      '[1]',
      '[{title: a, tasks_list: 3}]',
      '{toc: 3}',
      '[{sections_list: [[]]}]',
    ]) {
      await copy.write('course.yaml', `name: x\ndispenser_data: ${nonsense}\n`);
      const course = await read();
      expect(course.tasks, nonsense).toHaveLength(6);
      expect(course.broken.map(({ id }) => id)).toEqual(['broken']);
      expect(messages(course).length, nonsense).toBeGreaterThan(4);
    }
    await copy.write('course.yaml', 'name: x\ndispenser_data: &a [{title: t, sections_list: *a}]\n');
    expect(messages(await read())[0]).toContain('expected a list of sections');
  });
});

describe('translations', () => {
  test('are found in the first folder that there is, per task, and read again when they change', async () => {
    let clock = 0;
    const courses = openCourses([copy.folder], { now: () => (clock += 2000) });
    const names = async (lang: string) => {
      const course = await courses.get('every');
      return course ? localiseCourse(course, lang).tasks.map(({ name }) => name) : [];
    };
    expect(await names('fr')).toContain('Quiz');
    await copy.write('$common/$i18n/fr.mo', moFile({ Quiz: 'Interro', Old: 'Vieux' }));
    expect(await names('fr')).toEqual(expect.arrayContaining(['Interro', 'Vieux']));
    await copy.write('quiz/$i18n/fr.mo', moFile({ Quiz: 'Le quiz' }));
    expect(await names('fr_BE')).toEqual(expect.arrayContaining(['Le quiz', 'Vieux']));
    expect(await names('en')).toEqual(expect.arrayContaining(['Quiz', 'Old']));
  });

  test('are of all that a student reads, of the course by its own catalogue', async () => {
    const texts = {
      Right: 'Oui',
      'Not yet': 'Pas encore',
      right: 'juste',
      'Well done': 'Bravo',
      'Which?': 'Lequel ?',
    };
    await copy.write(
      'quiz/student/$i18n/fr.mo',
      moFile({ ...texts, 'Three questions.': 'Trois questions.' }, { bigEndian: true }),
    );
    await copy.write('$i18n/fr.mo', moFile({ 'Every field': 'Tous les champs', Deep: 'Profond' }));
    const course = localiseCourse(await read(), 'fr');
    expect(course).toMatchObject({
      name: 'Tous les champs',
      sections: [{}, { sections: [{ title: 'Profond' }] }, {}],
    });
    expect(taskOf(course, 'quiz').context).toBe('Trois questions.');
    expect(taskOf(course, 'quiz').problems[0]).toMatchObject({
      header: 'Lequel ?',
      successMessage: 'Oui',
      errorMessage: 'Pas encore',
      choices: [{ text: 'juste', feedback: 'Bravo' }, { text: 'right as well' }, {}, {}],
    });
  });

  test('that are damaged, or links, are as good as none', async () => {
    await copy.write('quiz/$i18n/fr.mo', 'nonsense');
    expect(taskOf(await read(), 'quiz').translations.size).toBe(0);
  });
});

test('what a course asks its students is read with its type', async () => {
  expect((await read()).fields).toEqual([
    { id: 'year', description: 'Year of study', kind: 'integer' },
    { id: 'shell', description: 'shell', kind: 'text' },
    { id: 'repeats', description: 'Repeats the year', kind: 'flag' },
  ]);
});
