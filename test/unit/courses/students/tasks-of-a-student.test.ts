/** Courses that deal their tasks out: INGInious' combinatory_test. The expected choices are Python's own. */
import { describe, expect, test } from 'vitest';
import { contentsOf } from '../../../../server/courses/contents.ts';
import { readCourseFile } from '../../../../server/courses/inginious/course-file.ts';
import { tasksFor } from '../../../../server/courses/students/tasks-of-a-student.ts';
import type { Access, Course } from '../../../../server/courses/task.ts';
import { demoCourse, taskNamed } from '../../../support/http/course.ts';

const NOW = 1000;
const LATER: Access = { open: true, from: NOW + 1, softUntil: null, until: null };
const HIDDEN: Access = { open: false, from: null, softUntil: null, until: null };
const FILE = (dispenser: string, amounts: [string, string]) => `name: x
format: inginious
task_dispenser: ${dispenser}
dispenser_data:
  - {title: Loops, config: {${amounts[0]}}, tasks_list: [a, b, c, d]}
  - {title: Été, config: {${amounts[1]}}, tasks_list: {g: 2, f: 1, e: 0}}
`;

function course(dispenser = 'combinatory_test', amounts: [string, string] = ['amount: 2', "amount: '1'"]) {
  const head = readCourseFile(FILE(dispenser, amounts), 'course.yaml');
  const read = [...'abcdefgz'].map((id) => ({ task: taskNamed(id), saysAccess: true }));
  const found: Course = { ...demoCourse(), ...contentsOf(head, read, 'course.yaml') };
  return { found, messages: head.notices.map(({ message }) => message) };
}
const person = (name: string, role: 'student' | 'teacher' = 'student') => ({
  id: name,
  name,
  operator: false,
  roles: { c1: role },
});
const seen = (name: string, found: Course) =>
  tasksFor(person(name), found, NOW)
    .map(({ id }) => id)
    .join('');

describe('a course that deals out its tasks', () => {
  test('shows each student the first few of each section, shuffled as Python shuffles', () => {
    // random.Random('ada#0#Loops') makes adcb of abcd, 'bob…' abcd, 'zoé…' cbda; '…#1#Été' makes gef of efg for all.
    const { found } = course();
    expect([seen('ada', found), seen('bob', found), seen('zoé', found)]).toEqual(['adg', 'abg', 'bcg']);
  });

  test('shows no student what stands in no section, and staff everything', () => {
    const { found } = course();
    expect(seen('ada', found)).not.toContain('z');
    expect(tasksFor(person('tess', 'teacher'), found, NOW)).toHaveLength(8);
  });

  test('chooses among what has opened', () => {
    const { found } = course();
    const tasks = found.tasks.map((task) =>
      task.id === 'a' ? { ...task, access: LATER } : task.id === 'g' ? { ...task, access: HIDDEN } : task,
    );
    const now = seen('ada', { ...found, tasks });
    expect(now).toHaveLength(3);
    expect(now).not.toMatch(/[ag]/);
  });

  test('keeps its choice in every language', () => {
    const { found } = course();
    const sections = found.sections.map((section) => ({ ...section, title: 'Boucles' }));
    expect(seen('ada', { ...found, sections })).toBe('adg');
  });

  test('without an amount shows none of a section, and says so', () => {
    const { found, messages } = course('combinatory_test', ['', 'amount: 5']);
    expect(seen('ada', found)).toBe('efg');
    expect(messages).toEqual([
      'dispenser_data: section "Loops" has no "amount", so students see none of its tasks',
    ]);
  });

  test('is none with a table of contents, whatever amounts are left in it', () => {
    const { found, messages } = course('toc');
    expect(found.deals).toBeNull();
    expect(seen('ada', found)).toBe('abcdefgz');
    expect(messages).toEqual([]);
  });
});
