/** Recorded submissions: files test/*.test of a task, in which INGInious recorded an input and its result. */
import { basename, join } from 'node:path';
import { type CollectionTag, isSeq, Pair, YAMLMap } from 'yaml';
import { z } from 'zod';
import { namesBeneath, readFileBeneath } from '../courses/read-beneath.ts';
import type { FileProblemReport } from '../courses/task.ts';
import { wants } from '../courses/yaml/values.ts';
import { faultsOf, readYaml, whole } from '../courses/yaml/yaml-file.ts';
import type { SubmittedAnswer } from '../model/answers.ts';

/** A field that is null was not recorded: older versions had fewer. */
export type RecordedResult = {
  result: string | null;
  grade: number | null;
  /** Problem id → its result, null if only a text was recorded, and its text. */
  problems: Record<string, { result: string | null; text: string }>;
  tests: Record<string, unknown> | null;
  custom: Record<string, unknown> | null;
  state: string | null;
  text: string | null;
  stdout: string | null;
  stderr: string | null;
};
export type Recorded = {
  name: string;
  username: string;
  answers: Map<string, SubmittedAnswer>;
  /** "@" keys, and answers of a kind that no problem accepts. */
  extra: Record<string, unknown>;
  was: RecordedResult;
};
export type RecordedFile = { name: string } & ({ recorded: Recorded } | { problems: FileProblemReport[] });

/** The limit for one file, which contains uploads as base64. */
const MAX_CHARACTERS = 64 * 2 ** 20;
const TEST = 'test';

/** Python 2 wrote some texts as bytes. */
const plain = z
  .unknown()
  .optional()
  .transform((value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : (value ?? null),
  );
const text = plain.pipe(z.string(wants('a text')).nullable());
const word = plain.pipe(z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]));
const map = plain.pipe(z.record(z.string(), z.unknown(), wants('a map')).nullable());
const entry = z.union([
  z.tuple([word, word], z.unknown()).transform(([result, text]) => ({ result, text })),
  word.transform((text) => ({ result: null, text })),
]);

const recordedSchema = z.object(
  {
    input: z.record(z.string(), z.unknown(), wants('the map of answers')),
    username: z
      .union([z.string(), z.array(z.string()).transform((names) => names.join(','))])
      .catch('recorded'),
    result: text,
    grade: plain.pipe(
      z.union([z.number(), z.string().transform(Number).pipe(z.number()), z.null()], wants('a number')),
    ),
    problems: z.record(z.string(), entry).nullish(),
    tests: map,
    custom: map,
    // Some versions wrote an empty map.
    state: text.catch(null),
    text,
    stdout: text.catch(null),
    stderr: text.catch(null),
  },
  wants('a map with at least "input"'),
);

/** All recorded submissions of a task in the order of their names; for files that cannot be read, the reason. */
export async function readRecorded(taskFolder: string): Promise<RecordedFile[]> {
  const files = namesBeneath(taskFolder, [TEST]).filter((name) => /^[^.].*\.test$/.test(name));
  files.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return Promise.all(files.map((file) => readFileOf(taskFolder, file)));
}

async function readFileOf(taskFolder: string, file: string): Promise<RecordedFile> {
  const name = basename(file, '.test');
  const shown = join(basename(taskFolder), TEST, file);
  const reading = { maxBytes: MAX_CHARACTERS };
  const source = await readFileBeneath(taskFolder, [TEST, file], reading).catch((error: Error) => error);
  if (source instanceof Error) return { name, problems: [whole(shown, source.message)] };
  const yaml = readYaml(source.toString('utf8'), shown, {
    maxCharacters: MAX_CHARACTERS,
    tags: [ORDERED_MAP],
  });
  if ('problems' in yaml) return { name, ...yaml };
  const read = recordedSchema.safeParse(yaml.value);
  if (!read.success) return { name, problems: faultsOf(yaml, read.error) };
  const { input, username, problems, ...was } = read.data;
  return {
    name,
    recorded: { name, username, ...readInput(input), was: { ...was, problems: problems ?? {} } },
  };
}

/** Other Python tags need no handling: unknown tags are ignored, and their values are read as plain YAML. */
const ORDERED_MAP: CollectionTag = {
  tag: 'tag:yaml.org,2002:python/object/apply:collections.OrderedDict',
  collection: 'seq',
  resolve(list) {
    const map = new YAMLMap();
    const pairs = isSeq(list) && isSeq(list.items[0]) ? list.items[0].items : [];
    for (const pair of pairs) if (isSeq(pair)) map.add(new Pair(pair.items[0], pair.items[1]));
    return map;
  },
};

const fileSchema = z.object({
  filename: z.string(),
  value: z.union([z.instanceof(Uint8Array), z.string().transform((content) => Buffer.from(content))]),
});
const answerSchema: z.ZodType<SubmittedAnswer> = z.union([
  word,
  z.array(z.union([z.string(), z.number().transform(String)])),
  fileSchema.transform(({ filename, value }) => ({ filename, content: value })),
]);

function readInput(input: Record<string, unknown>): Pick<Recorded, 'answers' | 'extra'> {
  const answers = new Map<string, SubmittedAnswer>();
  const extra: Record<string, unknown> = {};
  for (const [id, value] of Object.entries(input)) {
    const answer = id.startsWith('@') ? null : answerSchema.safeParse(value);
    if (answer?.success) answers.set(id, answer.data);
    else extra[id] = value;
  }
  return { answers, extra };
}
