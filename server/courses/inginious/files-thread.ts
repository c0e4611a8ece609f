/** The thread in which the files of courses are read. */
import { answerInThread } from '../../rules/thread-side.ts';
import { readCourseFile } from './course-file.ts';
import { type Job, jobSchema } from './read-files.ts';
import { readInginiousTask } from './task-file.ts';

answerInThread<Job>(jobSchema, (job) =>
  job.kind === 'course' ? readCourseFile(job.source, job.file) : readInginiousTask(job.source, job.place),
);
