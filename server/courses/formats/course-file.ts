/** course.yaml: what is read of it. Keys that only INGInious knows are tolerated. */
import { z } from 'zod';
import type { FileProblemReport } from '../task.ts';
import { filledText, text, wants } from './values.ts';
import { faultsOf, readYaml } from './yaml-file.ts';

/** With problems the rest is empty: the course is shown by its id, and works. */
export type CourseFile = { name: string | null; description: string; problems: FileProblemReport[] };

const courseSchema = z.object(
  { name: filledText(), description: text('') },
  wants('a map with at least a name'),
);

export function readCourseFile(source: string, file: string): CourseFile {
  const yaml = readYaml(source, file);
  if ('problems' in yaml) return { name: null, description: '', problems: yaml.problems };
  const read = courseSchema.safeParse(yaml.value);
  if (read.success) return { ...read.data, problems: [] };
  return { name: null, description: '', problems: faultsOf(yaml, read.error) };
}
