/** The thread in which the files of courses are read. */
import { answerInThread } from '../../rules/thread-side.ts';
import { readCourseFile } from './course-file.ts';
import { packLti } from './lti.ts';
import { type Job, jobSchema, type SentCourse } from './read-files.ts';
import { readInginiousTask } from './task-file.ts';

answerInThread<Job>(jobSchema, (job) => {
  if (job.kind === 'task') return readInginiousTask(job.source, job.place);
  const head = readCourseFile(job.source, job.file);
  return { ...head, lti: head.lti && packLti(head.lti) } satisfies SentCourse;
});
