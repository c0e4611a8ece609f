/** INGInious' task.yaml, today's (environment_type, environment_id) and the one before 0.7 (environment). */
import { z } from 'zod';
import type { FileProblemReport, Problem, Task } from '../task.ts';
import { ACCESS_EXPECTED, readAccess } from './access.ts';
import { type Environment, environmentFaults, environmentKeys, environmentSchema } from './environment.ts';
import { limitsSchema } from './limits.ts';
import { idFault, readProblem } from './problems.ts';
import { expected, flag, notNegative, text, wants, wholeNumber } from './values.ts';
import { faultsOf, readYaml, type YamlFile } from './yaml-file.ts';

export type TaskPlace = {
  id: string;
  course: string;
  folder: string /** As it is named in faults. */;
  file: string;
};
export type TaskReading = { task: Task } | { problems: FileProblemReport[] };

/** What the new format keeps in environment_parameters and the old one at the top. */
const parameters = { limits: limitsSchema, run_cmd: text(''), network_grading: flag(false) };

const accessSchema = z
  .unknown()
  .optional()
  .transform((value, context) => {
    const access = readAccess(value);
    if (access) return access;
    context.issues.push({ code: 'custom', input: value, message: expected(ACCESS_EXPECTED, value) });
    return z.NEVER;
  });

const taskSchema = z.object(
  {
    name: text(null),
    author: z
      .unknown()
      .optional()
      .transform((value) => (typeof value === 'string' ? value : '')),
    context: text(''),
    problems: z.record(z.string(), z.unknown(), wants('a map of problems')),
    ...environmentKeys,
    environment_parameters: z.object(parameters, wants('a map')).nullish(),
    ...parameters,
    order: wholeNumber(-1),
    weight: notNegative(1),
    accessible: accessSchema,
    /** Ours. */
    show_output: flag(true),
  },
  wants('a map with at least problems and environment_id'),
);
type Written = z.infer<typeof taskSchema>;

export function readInginiousTask(source: string, place: TaskPlace): TaskReading {
  const yaml = readYaml(source, place.file);
  if ('problems' in yaml) return yaml;
  const read = taskSchema.safeParse(yaml.value);
  const faults = read.success ? [] : faultsOf(yaml, read.error);
  const { problems, faults: problemFaults } = readProblems(yaml);
  const environment = environmentSchema.safeParse(yaml.value).data;
  const others = environment ? environmentFaults(yaml, environment, problems) : [];
  const all = [...faults, ...problemFaults, ...others].sort(byPlace);
  if (all.length > 0 || !read.success || !environment) return { problems: all };
  return { task: toTask(read.data, environment, problems, place) };
}

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
      const read = readProblem(id, entries[id]);
      if ('problem' in read) problems.push(read.problem);
      else faults.push(...faultsOf(yaml, read.error, path));
    }
  }
  return { problems, faults };
}

function toTask(written: Written, environment: Environment, problems: Problem[], place: TaskPlace): Task {
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
    ...(container && (container.needs.needRoot || container.needs.needGpu)
      ? { environmentNeeds: container.needs }
      : {}),
    limits: given.limits,
    // As INGInious splits it: no shell, no quotes.
    runCommand: given.run_cmd === '' ? null : given.run_cmd.split(' '),
    network: given.network_grading,
    showOutput: written.show_output,
    order: written.order,
    weight: written.weight,
    access: written.accessible,
  };
}

const byPlace = (a: FileProblemReport, b: FileProblemReport) =>
  (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
