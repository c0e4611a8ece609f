/** Sample answers of a task, with the verdict that each must get: files in its folder samples/. */
import { basename, join, posix } from 'node:path';
import { z } from 'zod';
import { namesBeneath, readFileBeneath } from '../courses/read-beneath.ts';
import type { FileProblemReport } from '../courses/task.ts';
import { mapOf } from '../courses/yaml/schema-sentences.ts';
import { textOfFile } from '../courses/yaml/text-of-file.ts';
import { show, wants } from '../courses/yaml/values.ts';
import { faultsOf, readYaml, whole, type YamlFile } from '../courses/yaml/yaml-file.ts';
import type { SubmittedAnswer } from '../model/answers.ts';
import { VERDICTS, type VerdictKind } from '../rules/verdict.ts';

export type Expectation = {
  verdict: VerdictKind;
  grade?: number | undefined;
  /** Problem id → the result that the grader must give it. */
  problems?: Record<string, string> | undefined;
  /** Words that must appear in the feedback: in the grader's text or in a problem's. */
  text?: string[] | undefined;
};
export type Sample = { name: string; answers: Map<string, SubmittedAnswer>; expect: Expectation };

const MAX_FILE_BYTES = 64 * 2 ** 20;
const SAMPLES = 'samples';

/** `{ file: path }` is an upload, `{ text: path }` a text too long for YAML; paths start in the task's folder. */
const answerSchema = z.union(
  [
    z.string(),
    z.number().transform(String),
    z.array(z.union([z.string(), z.number().transform(String)])),
    z.strictObject({ file: z.string() }),
    z.strictObject({ text: z.string() }),
  ],
  {
    error: ({ input }) =>
      `expected a text, a list of choices, { file: path } or { text: path }; got ${show(input)}`,
  },
);

const GIVEN = 'a map of problem ids with what a student gives, as in "answers: { q1: 42 }"';
const OUTCOME = 'a map with what must come out, as in "expect: { verdict: success, grade: 100 }"';

const expectSchema = mapOf(
  {
    verdict: z.enum(VERDICTS, {
      error: ({ input }) => `expected one of ${VERDICTS.join(', ')}; got ${show(input)}`,
    }),
    grade: z.number().optional(),
    problems: z.record(z.string(), z.string(), wants('a map of problem ids with results')).optional(),
    text: z
      .union([z.string().transform((text) => [text]), z.array(z.string())], {
        error: ({ input }) =>
          `expected words that the feedback must have, or a list of such; got ${show(input)}`,
      })
      .optional(),
  },
  OUTCOME,
);
const sampleSchema = mapOf(
  { answers: z.record(z.string(), answerSchema, wants(GIVEN)), expect: expectSchema },
  'a map with "answers" and "expect"',
);
type Written = z.infer<typeof sampleSchema>;

/** One file of samples/: the sample in it, or what is wrong with it. */
export type SampleFile = { name: string } & Reading;

/** All samples of a task in the order of their names; a faulty one does not hide the others. */
export async function readEachSample(taskFolder: string): Promise<SampleFile[]> {
  const names = namesBeneath(taskFolder, [SAMPLES]);
  const files = names.filter((name) => /^[^.].*\.ya?ml$/.test(name)).sort();
  return Promise.all(
    files.map(async (name) => ({
      name: nameOf(name),
      ...(await readSample(taskFolder, name)),
    })),
  );
}

const nameOf = (file: string): string => file.replace(/\.ya?ml$/, '');

/** All samples of a task in the order of their names, or all problems of all samples. */
export async function readSamples(
  taskFolder: string,
): Promise<{ samples: Sample[] } | { problems: FileProblemReport[] }> {
  const read = await readEachSample(taskFolder);
  const problems = read.flatMap((each) => ('problems' in each ? each.problems : []));
  if (problems.length > 0) return { problems };
  return { samples: read.flatMap((each) => ('sample' in each ? [each.sample] : [])) };
}

type Reading = { sample: Sample } | { problems: FileProblemReport[] };

async function readSample(taskFolder: string, file: string): Promise<Reading> {
  const shown = join(basename(taskFolder), SAMPLES, file);
  const reading = { maxBytes: MAX_FILE_BYTES };
  const bytes = readFileBeneath(taskFolder, [SAMPLES, file], reading);
  const source = await bytes.then(textOfFile).catch((error: Error) => error);
  if (source instanceof Error) return { problems: [whole(shown, source.message)] };
  const yaml = readYaml(source, shown, { strict: true });
  if ('problems' in yaml) return yaml;
  const read = sampleSchema.safeParse(yaml.value);
  if (!read.success) return { problems: faultsOf(yaml, read.error) };
  return withFiles(taskFolder, yaml, nameOf(file), read.data);
}

async function withFiles(folder: string, yaml: YamlFile, name: string, written: Written): Promise<Reading> {
  const answers = new Map<string, SubmittedAnswer>();
  const problems: FileProblemReport[] = [];
  for (const [id, answer] of Object.entries(written.answers)) {
    if (typeof answer === 'string' || Array.isArray(answer)) {
      answers.set(id, answer);
      continue;
    }
    const path = 'file' in answer ? answer.file : answer.text;
    const content = await readInside(folder, path).catch(() => null);
    if (content === null)
      problems.push(yaml.fault(['answers', id], `answers.${id}: no file ${path} in the task’s folder`));
    else answers.set(id, 'file' in answer ? { filename: basename(path), content } : content.toString('utf8'));
  }
  return problems.length > 0 ? { problems } : { sample: { name, answers, expect: written.expect } };
}

/** Reads a regular file of bounded size, through no link and not out of the folder. */
async function readInside(folder: string, path: string): Promise<Buffer> {
  const names = posix.normalize(path).split('/');
  if (names.some((name) => ['', '.', '..'].includes(name))) throw new Error(path);
  return readFileBeneath(folder, names, { maxBytes: MAX_FILE_BYTES });
}
