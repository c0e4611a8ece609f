/** Parts of a task file that have no effect, or another one than INGInious' teachers may expect. */
import { z } from 'zod';
import type { CodeProblem, FileProblemReport, MatchProblem, Problem } from '../task.ts';
import { valueAt } from '../yaml/schema-sentences.ts';
import { unknownKeys } from '../yaml/unknown-keys.ts';
import type { Path, YamlFile } from '../yaml/yaml-file.ts';
import { oddDates } from './access.ts';
import type { Environment } from './environment.ts';
import { ENVIRONMENT_TYPES, environmentKeys } from './environment.ts';
import { LIMIT_KEYS } from './limits.ts';
import { keysOfType } from './problems.ts';
import { taskSettings } from './task-settings.ts';

const PARAMETERS = [
  ...['limits', 'run_cmd', 'network_grading', 'responseIsHTML', 'response_is_html', 'ssh_allowed'],
];
const CHOICES = 'environment_choices';
/** Left behind by INGInious' editor and by its old versions; INGInious ignores them, too. */
const LEFTOVERS = ['file', 'tags', 'sectionid', 'variables', 'accessibility'];
const TASK_KEYS = [
  ...['name', 'author', 'context', 'problems', 'order', 'contact_url', 'input_random'],
  ...['regenerate_input_random', 'environment_parameters', 'show_output'],
  ...Object.keys(taskSettings),
  ...Object.keys(environmentKeys),
  ...PARAMETERS,
  ...LEFTOVERS,
];
/** Seen in old courses; they never had a meaning. */
const LIMIT_LEFTOVERS = ['language'];

export function taskNotices(
  yaml: YamlFile,
  environment: Environment,
  problems: readonly Problem[],
): FileProblemReport[] {
  const limits = [...LIMIT_KEYS, ...LIMIT_LEFTOVERS];
  return [
    ...yaml.repeated,
    ...unknownKeys(yaml, [], TASK_KEYS),
    ...unknownKeys(yaml, ['limits'], limits),
    ...unknownKeys(yaml, ['environment_parameters'], PARAMETERS),
    ...unknownKeys(yaml, ['environment_parameters', 'limits'], limits),
    ...problems.flatMap((problem) => problemNotices(yaml, environment, problem)),
    ...(environment.kind === 'none' && yaml.keys([]).includes(CHOICES)
      ? [yaml.fault([CHOICES], `${CHOICES}: no effect; this task is graded without a container`)]
      : []),
    ...oldWords(yaml),
    ...dateNotices(yaml, ['accessible']),
  ];
}

function problemNotices(yaml: YamlFile, environment: Environment, problem: Problem): FileProblemReport[] {
  const path = ['problems', problem.id];
  const at = (message: string) => yaml.fault([...path, 'type'], `problems.${problem.id}.type: ${message}`);
  const isQuiz = environment.kind === 'none';
  const ungraded = isQuiz && !['multiple_choice', 'match'].includes(problem.type) && !('plugin' in problem);
  return [
    ...(problem.type === 'match' ? answerNotices(yaml, problem) : []),
    ...('plugin' in problem
      ? [at(pluginNotice(problem, environment))]
      : unknownKeys(yaml, path, keysOfType(problem.type))),
    ...(ungraded
      ? [at('only multiple_choice and match are graded without a container; every submission crashes')]
      : []),
  ];
}

/** Graders of such tasks ask for an answer in the form that its plugin gave it. */
const pluginNotice = ({ id, plugin }: CodeProblem, environment: Environment): string =>
  `"${plugin}" needs a plugin of INGInious; ${
    environment.kind === 'none'
      ? 'the problem does not count, and the others are graded'
      : `it is shown as a text to fill in, which the grader gets as "${id}"`
  }`;

/** INGInious compares with the answer as Python prints it, which may differ from the file. */
function answerNotices(yaml: YamlFile, { id, answer }: MatchProblem): FileProblemReport[] {
  const path = ['problems', id, 'answer'];
  const at = (hint: string) => [yaml.fault(path, `${path.join('.')}: only "${answer}" is right; ${hint}`)];
  if (answer === 'None') return at('is the answer missing?');
  const plain = yaml.plain(path);
  if (plain === null || plain === answer || plain.includes('\n')) return [];
  return at(`to ask for "${plain.slice(0, 100)}", put it in quotes`);
}

/** Of a value that says when something is open. */
export function dateNotices(yaml: YamlFile, path: Path): FileProblemReport[] {
  const odd = oddDates(valueAt(yaml.value, path));
  return odd === null ? [] : [yaml.fault(path, `${path.map(String).join('.')}: ${odd}`)];
}

const wordsSchema = z.object({
  evaluate: z.unknown(),
  environment_type: z.unknown(),
});

function oldWords(yaml: YamlFile): FileProblemReport[] {
  const words = wordsSchema.partial().safeParse(yaml.value).data ?? {};
  const notices: [key: string, message: string, holds: boolean][] = [
    ['evaluate', 'expected best or last; "best" is taken', !known(words.evaluate, ['best', 'last'])],
    [
      'environment_type',
      `expected one of ${ENVIRONMENT_TYPES.join(', ')}; "docker" is taken`,
      !known(words.environment_type, ENVIRONMENT_TYPES),
    ],
  ];
  return notices
    .filter(([key, , holds]) => holds && words[key as keyof typeof words] != null)
    .map(([key, message]) => yaml.fault([key], `${key}: ${message}`));
}

const known = (value: unknown, words: readonly unknown[]): boolean => words.includes(value);
