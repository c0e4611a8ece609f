/** A course's table of contents: INGInious' dispenser_data, the current format and the older list of sections. */
import { z } from 'zod';
import type { FileProblemReport, Section, TaskSettings } from '../task.ts';
import { asWritten } from '../yaml/text-as-typed.ts';
import { unknownKeys } from '../yaml/unknown-keys.ts';
import { count, flag, text } from '../yaml/values.ts';
import { faultsOf, type Path, type YamlFile } from '../yaml/yaml-file.ts';
import { readAccess } from './access.ts';
import { dateNotices } from './task-notices.ts';
import { DISPENSED_KEYS, readDispensed } from './task-settings.ts';

export type Toc = {
  sections: Section[];
  /** How many tasks of each section one student gets, where each student is assigned some. */
  amounts: number[];
  /** The course's settings for its tasks, by task id. */
  settings: Map<string, Partial<TaskSettings>>;
  /** The course contains the settings of its tasks: INGInious hides a task that the course does not name. */
  keepsSettings: boolean;
  /** The tasks that the table names, each with the notice for a missing task. */
  mentions: { task: string; report: FileProblemReport }[];
  notices: FileProblemReport[];
};

/** A deeper table is a mistake, or an alias that contains itself. */
const MAX_DEPTH = 10;
const SECTION_KEYS = ['id', 'title', 'rank', 'config', 'sections_list', 'tasks_list'];

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param path the position in course.yaml: dispenser_data, or the older toc */
export function readToc(yaml: YamlFile, value: unknown, path: Path): Toc {
  const toc: Toc = {
    sections: [],
    amounts: [],
    settings: new Map(),
    keepsSettings: false,
    mentions: [],
    notices: [],
  };
  if (value === null || value === undefined) return toc;
  const list = isMap(value) ? value['toc'] : value;
  const listPath = isMap(value) ? [...path, 'toc'] : path;
  toc.sections = readSections(toc, yaml, list ?? [], listPath, 0);
  toc.amounts = readAmounts(list);
  if (!isMap(value)) return toc;
  toc.notices.push(...unknownKeys(yaml, path, ['toc', 'config', 'imported']));
  readSettings(toc, yaml, value['config'], [...path, 'config']);
  return toc;
}

function readSections(toc: Toc, yaml: YamlFile, value: unknown, path: Path, depth: number): Section[] {
  // An empty table is written as an empty map.
  if (isMap(value) && Object.keys(value).length === 0) return [];
  if (!Array.isArray(value) || depth > MAX_DEPTH) {
    toc.notices.push(yaml.fault(path, `${path.join('.')}: expected a list of sections`));
    return [];
  }
  return value.flatMap((section, index) => readSection(toc, yaml, section, [...path, index], depth));
}

const sectionSchema = z.object({ title: text(''), config: z.unknown().optional() });
/** The sections one by one, in the form that readSections takes. */
function readAmounts(list: unknown): number[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((section) =>
    isMap(section) && sectionSchema.safeParse(section).success
      ? [amountSchema.safeParse(section['config']).data?.amount ?? 0]
      : [],
  );
}
const amountSchema = z.object({ amount: count(0) });

const configSchema = z.object({ closed: flag(false), hidden_if_empty: flag(false), hidden: flag(false) });

function readSection(toc: Toc, yaml: YamlFile, value: unknown, path: Path, depth: number): Section[] {
  const head = sectionSchema.safeParse(asWritten(yaml, path, value));
  if (!head.success || !isMap(value)) {
    toc.notices.push(yaml.fault(path, `${path.join('.')}: expected a section with a title and its tasks`));
    return [];
  }
  toc.notices.push(...unknownKeys(yaml, path, SECTION_KEYS));
  const config = configSchema.safeParse(head.data.config ?? {}).data;
  const inner = value['sections_list'];
  return [
    {
      title: head.data.title,
      closed: config?.closed ?? false,
      hiddenIfEmpty: config?.hidden_if_empty ?? false,
      sections:
        inner === undefined ? [] : readSections(toc, yaml, inner, [...path, 'sections_list'], depth + 1),
      tasks: readTasks(toc, yaml, value['tasks_list'], [...path, 'tasks_list']),
    },
  ];
}

/** A list of ids, or a map from an id to its place. */
function readTasks(toc: Toc, yaml: YamlFile, value: unknown, path: Path): string[] {
  if (value === undefined || value === null) return [];
  const mention = (task: string, key: PropertyKey): string => {
    const place = [...path, key];
    const report = yaml.fault(place, `${path.join('.')}: there is no task "${task.slice(0, 200)}"`);
    toc.mentions.push({ task, report });
    return task;
  };
  if (Array.isArray(value)) return value.map((id, index) => mention(String(id), index));
  if (isMap(value)) {
    const ranks = new Map(Object.entries(value).map(([id, rank]) => [id, Number(rank) || 0]));
    const ids = [...new Set(yaml.keys(path))].filter((id) => ranks.has(id));
    return ids.sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0)).map((id) => mention(id, id));
  }
  toc.notices.push(yaml.fault(path, `${path.join('.')}: expected a list of task ids`));
  return [];
}

const CLOSED = readAccess(false);
const withEffect = (fault: FileProblemReport): FileProblemReport => ({
  ...fault,
  message: `${fault.message}. Until this is corrected, students do not see the task`,
});

function readSettings(toc: Toc, yaml: YamlFile, value: unknown, path: Path): void {
  if (!isMap(value)) return;
  toc.keepsSettings = Object.keys(value).length > 0;
  for (const [task, settings] of Object.entries(value)) {
    const place = [...path, task];
    const read = readDispensed(settings ?? {});
    toc.notices.push(...unknownKeys(yaml, place, DISPENSED_KEYS));
    if (read.error) toc.notices.push(...faultsOf(yaml, read.error, place).map(withEffect));
    toc.notices.push(...dateNotices(yaml, [...place, 'accessibility']));
    // Better hidden too long than an exam that opens too early.
    toc.settings.set(task, read.error && CLOSED ? { access: CLOSED } : read.settings);
  }
}
