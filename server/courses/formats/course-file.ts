/** course.yaml, ours (name, description) and INGInious' of any age. */
import { z } from 'zod';
import type { Access, CourseTag, FileProblemReport } from '../task.ts';
import { accessSchema } from './task-settings.ts';
import { readToc, type Toc } from './toc.ts';
import { unknownKeys } from './unknown-keys.ts';
import { count, filledText, flag, text, wants, words } from './values.ts';
import { faultsOf, readYaml, type YamlFile } from './yaml-file.ts';

export type CourseFile = {
  /** null: shown by its id. */
  name: string | null;
  description: string;
  access: Access;
  /** What its tasks do when they do not say; undefined: each as it likes. */
  showOutput: boolean | undefined;
  admins: string[];
  tutors: string[];
  tags: CourseTag[];
  toc: Toc;
  notices: FileProblemReport[];
  /** Faults; what they do not touch counts all the same. */
  problems: FileProblemReport[];
};

/** Accounts, roles and LTI are set up elsewhere here, so these have no effect. */
const INGINIOUS_KEYS = [
  ...['admins', 'tutors', 'registration', 'registration_password', 'registration_ac'],
  ...['registration_ac_accept', 'registration_ac_list', 'allow_unregister', 'allow_preview'],
  ...['groups_student_choice', 'use_classrooms', 'nofrontend', 'is_lti', 'lti_keys', 'lti_config', 'lti_url'],
  ...['lti_send_back_grade', 'tags', 'fields', 'toc', 'task_dispenser', 'dispenser_data', 'scoreboard'],
  ...['public', 'contests', 'archived', 'archive_date'],
];
/** These are written for Gradeport alone, too: docs/teachers.md. */
const KEYS = ['name', 'description', 'accessible', 'show_output', ...INGINIOUS_KEYS];

const TAG_KINDS = ['skill', 'misconception', 'category'] as const;
const tagSchema = z.object(
  { name: text(''), description: text(''), type: count(0), visible: flag(false) },
  wants('a map of the tag’s name, description, type and visible'),
);

/** An editor that has no tag to write writes an empty list. */
const tagsSchema = z
  .preprocess(
    (value) => (value === undefined || value === null || Array.isArray(value) ? {} : value),
    z.record(z.string(), tagSchema, wants('a map of tags')),
  )
  .transform((tags) => Object.entries(tags).map(([id, tag]) => toTag(id, tag)));

function toTag(id: string, { type, name, description, visible }: z.infer<typeof tagSchema>): CourseTag {
  return { id, name: name || id, description, visible, kind: TAG_KINDS[type] ?? 'skill' };
}

export function readCourseFile(source: string, file: string): CourseFile {
  const yaml = readYaml(source, file);
  if ('problems' in yaml) return withProblems(yaml.problems);
  const head = z.record(z.string(), z.unknown(), wants('a map with at least a name')).safeParse(yaml.value);
  if (!head.success) return withProblems(faultsOf(yaml, head.error));
  return readParts(yaml, head.data);
}

const CLOSED: Access = { open: false, from: null, softUntil: null, until: null };

/** Whether it was to be open is not known: nobody but staff sees the tasks until it is mended. */
const withProblems = (problems: FileProblemReport[]): CourseFile => ({
  ...{ name: null, description: '', access: CLOSED, showOutput: false, admins: [], tutors: [], tags: [] },
  toc: { sections: [], settings: new Map(), keepsSettings: false, mentions: [], notices: [] },
  notices: [],
  problems,
});

function readParts(yaml: YamlFile, written: Record<string, unknown>): CourseFile {
  const problems: FileProblemReport[] = [];
  /** Each key on its own: a fault in one hides no other. */
  const part = <T>(key: string, schema: z.ZodType<T>, otherwise: T): T => {
    const read = schema.safeParse(written[key]);
    if (read.success) return read.data;
    problems.push(...faultsOf(yaml, read.error, [key]));
    return otherwise;
  };
  const isInginious = Object.keys(written).some((key) => INGINIOUS_KEYS.includes(key));
  const [tocKey, tocValue] =
    written['dispenser_data'] == null
      ? ['toc', written['toc']]
      : ['dispenser_data', written['dispenser_data']];
  const toc = readToc(yaml, tocValue, [tocKey]);
  return {
    name: part<string | null>('name', filledText(), null),
    description: part('description', text(''), ''),
    access: part('accessible', accessSchema, CLOSED),
    // INGInious shows what a grader prints to staff only, and its graders count on that.
    showOutput: part('show_output', flag(null), null) ?? (isInginious ? false : undefined),
    admins: part('admins', words([]), []),
    tutors: part('tutors', words([]), []),
    tags: part('tags', tagsSchema, []),
    toc,
    notices: [...unknownKeys(yaml, [], KEYS), ...dispenserNotice(yaml, written), ...toc.notices],
    problems,
  };
}

/** What else hands out tasks; here it is shown as a table of contents. */
function dispenserNotice(yaml: YamlFile, written: Record<string, unknown>): FileProblemReport[] {
  const kind = written['task_dispenser'];
  if (kind === undefined || kind === null || kind === 'toc') return [];
  const message = `task_dispenser: "${String(kind).slice(0, 100)}" is not there; all its tasks are listed to everybody`;
  return [yaml.fault(['task_dispenser'], message)];
}
