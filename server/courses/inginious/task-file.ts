/** INGInious' task.yaml: the current format (environment_type, environment_id) and the one before 0.7 (environment). */
import { z } from 'zod';
import {
  type DefaultEnvironments,
  type FileProblemReport,
  type Problem,
  type Task,
  type TaskSettings,
  USUAL_ENVIRONMENTS,
} from '../task.ts';
import { asWritten } from '../yaml/text-as-typed.ts';
import { count, flag, text, wants, wholeNumber } from '../yaml/values.ts';
import { faultsOf, readYaml, type YamlFile } from '../yaml/yaml-file.ts';
import { type Environment, environmentKeys, readEnvironment } from './environment.ts';
import { limitsSchema } from './limits.ts';
import { idFault, readProblem } from './problems.ts';
import { tagsAsWritten, tagsSchema } from './tags.ts';
import { taskNotices } from './task-notices.ts';
import { taskSettings } from './task-settings.ts';

/** Real tasks need only a handful; each number is drawn every time the task is shown. */
const MAX_RANDOM = 1000;

export type TaskPlace = {
  id: string;
  course: string;
  folder: string;
  /** The file's name in error messages. */
  file: string;
  /** The course's defaults for its tasks. */
  showOutput?: boolean | undefined;
  /** The environments of tasks that name none. */
  defaults?: DefaultEnvironments | undefined;
};
/** `saysAccess`: the file itself says when the task is open. */
export type TaskReading = { task: Task; saysAccess: boolean } | { problems: FileProblemReport[] };

/** What the new format has in environment_parameters and the old one at the top level. */
const parameters = {
  limits: limitsSchema,
  run_cmd: text(''),
  network_grading: flag(false),
  ssh_allowed: flag(false),
  /** INGInious' editor writes one spelling, its reader reads the other. */
  responseIsHTML: flag(false),
  response_is_html: flag(false),
};

/** An editor without problems writes an empty list. */
const problemMap = z.preprocess(
  (value) => (Array.isArray(value) && value.length === 0 ? {} : value),
  z.record(z.string(), z.unknown(), wants('a map of problems')),
);

const taskSchema = z.object(
  {
    name: text(null),
    author: z
      .unknown()
      .optional()
      .transform((value) => (typeof value === 'string' ? value : '')),
    context: text(''),
    problems: problemMap,
    ...environmentKeys,
    environment_parameters: z.object(parameters, wants('a map')).nullish(),
    ...parameters,
    order: wholeNumber(-1),
    contact_url: text(''),
    input_random: count(0),
    regenerate_input_random: flag(false),
    ...taskSettings,
    /** From before 0.8; an error in them is not an error of the task. */
    tags: tagsSchema.catch([]),
    /** Gradeport's own key. */
    show_output: flag(null),
  },
  wants('a map with at least problems'),
);
type Written = z.infer<typeof taskSchema>;

export function readInginiousTask(source: string, place: TaskPlace): TaskReading {
  const yaml = readYaml(source, place.file);
  if ('problems' in yaml) return yaml;
  const read = taskSchema.safeParse(withTags(yaml, asWritten(yaml, [], yaml.value)));
  const faults = read.success ? [] : faultsOf(yaml, read.error);
  const { problems, faults: problemFaults } = readProblems(yaml);
  const asked = asWritten(yaml, [], yaml.value);
  const environment = readEnvironment(asked, place.defaults ?? USUAL_ENVIRONMENTS);
  const all = [...faults, ...problemFaults].sort(byPlace);
  if (all.length > 0 || !read.success || !environment) return { problems: all };
  const notices = taskNotices(yaml, environment, problems).sort(byPlace);
  const task = { ...toTask(read.data, environment, problems, place), notices };
  return { task, saysAccess: yaml.keys([]).includes('accessible') };
}

const withTags = (yaml: YamlFile, value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'tags' in value
    ? { ...value, tags: tagsAsWritten(yaml, ['tags'], value.tags) }
    : value;

function readProblems(yaml: YamlFile): { problems: Problem[]; faults: FileProblemReport[] } {
  const written = z.object({ problems: z.record(z.string(), z.unknown()) }).safeParse(yaml.value);
  const problems: Problem[] = [];
  const faults: FileProblemReport[] = [];
  if (!written.success) return { problems, faults };
  const entries = written.data.problems;
  const ids = new Set([...yaml.keys(['problems']), ...Object.keys(entries)]);
  for (const id of ids) {
    const path = ['problems', id];
    const badId = idFault(id);
    if (badId) faults.push(yaml.fault(path, `${path.join('.')}: ${badId}`));
    else {
      const read = readProblem(id, asWritten(yaml, path, entries[id]));
      if ('problem' in read) problems.push(read.problem);
      else faults.push(...faultsOf(yaml, read.error, path));
    }
  }
  return { problems, faults };
}

function toTask(
  written: Written,
  environment: Environment,
  problems: Problem[],
  place: TaskPlace,
): Omit<Task, 'notices'> {
  const container = environment.kind === 'container' ? environment : null;
  const given = container?.legacy ? written : (written.environment_parameters ?? written);
  return {
    id: place.id,
    course: place.course,
    folder: place.folder,
    name: written.name || `Task ${place.id}`,
    author: written.author,
    context: written.context,
    problems,
    environment: container?.name ?? null,
    ...(container && container.choices.length > 0 ? { environmentChoices: container.choices } : {}),
    ...(container && (container.needs.needRoot || container.needs.needGpu)
      ? { environmentNeeds: container.needs }
      : {}),
    limits: given.limits,
    // Split as INGInious does: no shell, no quotes.
    runCommand: given.run_cmd === '' ? null : given.run_cmd.split(' '),
    network: given.network_grading,
    terminal: (container?.terminal ?? false) || given.ssh_allowed,
    showOutput: written.show_output ?? place.showOutput ?? true,
    htmlFeedback: given.responseIsHTML || given.response_is_html,
    order: written.order,
    random: {
      count: Math.min(written.input_random, MAX_RANDOM),
      regenerate: written.regenerate_input_random,
    },
    contactUrl: written.contact_url,
    translations: new Map(),
    tags: written.tags,
    ...settingsOf(written),
  };
}

const settingsOf = (written: Written): TaskSettings => ({
  weight: written.weight,
  access: written.accessible,
  evaluate: written.evaluate,
  groups: written.groups,
  storedSubmissions: written.stored_submissions,
  submissionLimit: written.submission_limit,
  categories: written.categories,
});

const byPlace = (a: FileProblemReport, b: FileProblemReport) =>
  (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
