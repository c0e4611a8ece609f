/**
 * Reads the files of courses in a thread with a deadline: teachers save them whenever they like, and a small file can keep
 * a parser busy for long. Courses take turns.
 */
import { z } from 'zod';
import { isShortage } from '../../rules/machine-state.ts';
import { openThread } from '../../rules/own-thread.ts';
import { whole } from '../yaml/yaml-file.ts';
import { type CourseFile, unreadCourse } from './course-file.ts';
import { type PackedLti, unpackLti } from './lti.ts';
import type { TaskPlace, TaskReading } from './task-file.ts';

export type Job =
  | { kind: 'course'; source: string; file: string }
  | { kind: 'task'; source: string; place: TaskPlace };

/** A course's head as the thread sends it: data alone. */
export type SentCourse = Omit<CourseFile, 'lti'> & { lti: PackedLti | null };

/** Both ends of the thread are ours: only that something came is checked. */
const isThere = (value: unknown): boolean => typeof value === 'object' && value !== null;
export const jobSchema = z.custom<Job>(isThere);

/** A usual file takes 5 ms. */
const DEADLINE_MS = 3000;
const BOUNDS = { deadlineMs: DEADLINE_MS, memoryMiB: 256, maxWaiting: 100_000, idleMs: 30_000 };
const thread = openThread<Job, unknown>(new URL('./files-thread.ts', import.meta.url), z.unknown(), BOUNDS);

/** Starts the thread, so that the first page does not wait for it. */
export const warmUpFiles = thread.warmUp;

/** More faults of one file than anybody corrects at once; a page lists them. */
const MAX_FAULTS = 100;

export async function readCourseSource(source: string, file: string, course: string): Promise<CourseFile> {
  const read = z.custom<SentCourse>(isThere);
  try {
    const head = read.parse(await thread.work(course, { kind: 'course', source, file }));
    const lti = head.lti && unpackLti(head.lti);
    return { ...head, lti, problems: first(head.problems), notices: first(head.notices) };
  } catch (error) {
    if (isShortage(error)) throw error;
    return unreadCourse([unreadable(file, error)]);
  }
}

export async function readTaskSource(source: string, place: TaskPlace): Promise<TaskReading> {
  const read = z.custom<TaskReading>(isThere);
  try {
    const reading = read.parse(await thread.work(place.course, { kind: 'task', source, place }));
    if ('problems' in reading) return { problems: first(reading.problems) };
    return { ...reading, task: { ...reading.task, notices: first(reading.task.notices) } };
  } catch (error) {
    if (isShortage(error)) throw error;
    return { problems: [unreadable(place.file, error)] };
  }
}

const first = <T>(list: readonly T[]): T[] => list.slice(0, MAX_FAULTS);

const unreadable = (file: string, error: unknown) =>
  whole(file, `this file cannot be read: ${error instanceof Error ? error.message : String(error)}`);
