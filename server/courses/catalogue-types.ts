import type { Course, Task } from './task.ts';

/** The courses on disk, read again when their files change. */
export type CourseCatalogue = {
  list(): Promise<Course[]>;
  get(courseId: string): Promise<Course | null>;
  task(courseId: string, taskId: string): Promise<Task | null>;
  close(): Promise<void>;
};
