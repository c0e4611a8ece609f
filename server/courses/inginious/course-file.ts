/** course.yaml, ours (name, description) and INGInious' of any age. */
import { z } from 'zod';
import type { Access, CourseTag, FileProblemReport, Lti, Registration, StudentField } from '../task.ts';
import { asWritten } from '../yaml/text-as-typed.ts';
import { unknownKeys } from '../yaml/unknown-keys.ts';
import { filledText, flag, text, wants, words } from '../yaml/values.ts';
import { faultsOf, readYaml, type YamlFile } from '../yaml/yaml-file.ts';
import { courseFormat, ONLY_INGINIOUS } from './course-format.ts';
import { readFields } from './fields.ts';
import { readLti } from './lti.ts';
import { readRegistration } from './registration.ts';
import { tagsAsWritten, tagsSchema } from './tags.ts';
import { dateNotices } from './task-notices.ts';
import { accessSchema } from './task-settings.ts';
import { readToc, type Toc } from './toc.ts';

export type CourseFile = {
  /** null: the course is shown by its id. */
  name: string | null;
  description: string;
  access: Access;
  /** What its tasks do by default; undefined: each task's file decides. */
  showOutput: boolean | undefined;
  admins: string[];
  tutors: string[];
  tags: CourseTag[];
  registration: Registration | null;
  groupsByStudents: boolean;
  fields: StudentField[];
  leavable: boolean;
  lti: Lti | null;
  toc: Toc;
  /** Each student gets only some tasks of each section. */
  deals: boolean;
  notices: FileProblemReport[];
  /** Errors; all the settings that they do not affect are used. */
  problems: FileProblemReport[];
};

/** docs/teachers.md. */
const KEYS = [
  ...['name', 'description', 'accessible', 'show_output', 'format', 'tags', 'fields', 'toc'],
  ...['registration', 'registration_password', 'registration_ac', 'registration_ac_accept'],
  ...['registration_ac_list', 'allow_unregister', 'groups_student_choice'],
  ...['is_lti', 'lti_keys', 'lti_config', 'lti_url', 'lti_send_back_grade'],
  ...ONLY_INGINIOUS,
];

export function readCourseFile(source: string, file: string): CourseFile {
  const yaml = readYaml(source, file);
  if ('problems' in yaml) return unreadCourse(yaml.problems);
  const head = headSchema.safeParse(asWritten(yaml, [], yaml.value));
  if (!head.success) return unreadCourse(faultsOf(yaml, head.error));
  return readParts(yaml, head.data);
}

const headSchema = z.record(z.string(), z.unknown(), wants('a map with at least a name'));

const CLOSED: Access = { open: false, from: null, softUntil: null, until: null };

/** It is unknown whether the course should be open: only staff see the tasks until the file is corrected. */
export const unreadCourse = (problems: FileProblemReport[]): CourseFile => ({
  name: null,
  description: '',
  access: CLOSED,
  showOutput: false,
  admins: [],
  tutors: [],
  tags: [],
  registration: null,
  lti: null,
  groupsByStudents: false,
  fields: [],
  leavable: true,
  deals: false,
  toc: { sections: [], amounts: [], settings: new Map(), keepsSettings: false, mentions: [], notices: [] },
  notices: [],
  problems,
});

function readParts(yaml: YamlFile, written: Record<string, unknown>): CourseFile {
  const problems: FileProblemReport[] = [];
  /** Reads each key separately: an error in one hides no other. */
  const part = <T>(key: string, schema: z.ZodType<T>, otherwise: T, value = written[key]): T => {
    const read = schema.safeParse(value);
    if (read.success) return read.data;
    problems.push(...faultsOf(yaml, read.error, [key]));
    return otherwise;
  };
  const format = courseFormat(yaml, written);
  problems.push(...format.problems);
  const [tocKey, tocValue] =
    written['dispenser_data'] == null
      ? ['toc', written['toc']]
      : ['dispenser_data', written['dispenser_data']];
  const toc = readToc(yaml, tocValue, [tocKey]);
  const { registration, notices } = readRegistration(yaml, written);
  const { fields, notices: fieldNotices } = readFields(yaml, written['fields']);
  const lti = readLti(yaml, written);
  return {
    name: part<string | null>('name', filledText(), null),
    description: part('description', text(''), ''),
    access: part('accessible', accessSchema, CLOSED),
    showOutput: part('show_output', flag(null), null) ?? (format.isInginious ? false : undefined),
    admins: part('admins', words([]), []),
    tutors: part('tutors', words([]), []),
    tags: part('tags', tagsSchema, [], tagsAsWritten(yaml, ['tags'], written['tags'])),
    // The launch itself admits a student from a learning platform.
    registration: lti.lti === null ? registration : null,
    lti: lti.lti,
    groupsByStudents: part('groups_student_choice', flag(false), false),
    fields,
    leavable: part('allow_unregister', flag(true), true),
    toc,
    deals: written['task_dispenser'] === DEALING,
    notices: [
      ...unknownKeys(yaml, [], KEYS),
      ...yaml.repeated,
      ...notices,
      ...fieldNotices,
      ...lti.notices,
      ...dispenserNotice(yaml, written),
      ...dealNotices(yaml, written, toc),
      ...noEffectNotices(yaml, written),
      ...dateNotices(yaml, ['accessible']),
      ...dateNotices(yaml, ['registration']),
      ...toc.notices,
      ...format.notices,
    ],
    problems,
  };
}

/** Keys that a course relies on and that have no effect here. No course would miss INGInious' other keys. */
const NO_EFFECT: [key: string, sentence: string][] = [
  ['lti_config', 'LTI 1.3 is not there; students come by LTI 1.1, with lti_keys'],
];
const isSaid = (value: unknown): boolean =>
  flag(null).safeParse(value).data === true ||
  (typeof value === 'object' && value !== null && Object.keys(value).length > 0);

const noEffectNotices = (yaml: YamlFile, written: Record<string, unknown>): FileProblemReport[] =>
  NO_EFFECT.filter(([key]) => isSaid(written[key])).map(([key, sentence]) =>
    yaml.fault([key], `${key}: ${sentence}`),
  );

/** INGInious' name for a course that assigns each student some tasks. */
const DEALING = 'combinatory_test';

function dealNotices(yaml: YamlFile, written: Record<string, unknown>, toc: Toc): FileProblemReport[] {
  if (written['task_dispenser'] !== DEALING) return [];
  return toc.sections
    .filter((_, index) => toc.amounts[index] === 0)
    .map(({ title }) =>
      yaml.fault(
        ['dispenser_data'],
        `dispenser_data: section "${title.slice(0, 100)}" has no "amount", so students see none of its tasks`,
      ),
    );
}

/** Other ways to hand out tasks; here the tasks are shown as a table of contents. */
function dispenserNotice(yaml: YamlFile, written: Record<string, unknown>): FileProblemReport[] {
  const kind = written['task_dispenser'];
  if (kind === undefined || kind === null || kind === 'toc' || kind === DEALING) return [];
  const message = `task_dispenser: "${String(kind).slice(0, 100)}" is not there; all its tasks are listed to everybody`;
  return [yaml.fault(['task_dispenser'], message)];
}
