/** What teachers and operators do with Dockerfiles: check them, build them, look at earlier builds. */
import { z } from 'zod';
import { jobSchema } from '../../jobs/job-verbs.ts';
import { verb } from '../../model/verb.ts';
import { type Actor, can } from '../../rules/access.ts';
import { refuse } from '../../rules/problems.ts';
import { announcementSchema } from '../discovery/environment-schemas.ts';
import { type BuildRecord, buildRecordSchema } from './build-record.ts';
import type { Checked } from './build-rules.ts';
import type { Builds } from './builds.ts';
import { MAX_DOCKERFILE_BYTES } from './dockerfile/lint.ts';
import { type BuildContext, DOCKERFILE, readArchive } from './source/build-context.ts';
import { listFiles } from './source/build-folder.ts';
import { lintMessageSchema } from './source/lint-schema.ts';

export type BuildDeps = { builds: Builds };

const lintedSchema = z.object({
  messages: z.array(lintMessageSchema),
  /** null: the Dockerfile does not say what the image would be. */
  preview: z
    .object({
      announces: announcementSchema,
      image: z.string(),
      runtime: z.string().nullable(),
      reason: z.string(),
    })
    .nullable(),
  /** Why this user may not take the image's names. */
  refusal: z.string().nullable(),
});
export type Linted = z.infer<typeof lintedSchema>;
const editedSchema = z.object({
  dockerfile: z.string(),
  /** "name/3": the kept build that the Dockerfile comes from. */
  from: z.string().nullable(),
  files: z.array(z.string()),
  checked: lintedSchema,
});
export type Edited = z.infer<typeof editedSchema>;

const linted = ({ lint, preview, refusal }: Checked): Linted => ({
  messages: lint.messages,
  preview,
  refusal,
});

/** The builder of an image may read its sources, and build it again with changes; operators may do so with all. */
const mayEdit = (actor: Actor, { by, owner }: Pick<BuildRecord, 'by' | 'owner'>): boolean =>
  can(actor, 'follow-job', { by }) || can(actor, 'follow-job', { by: owner });

async function kept({ builds }: BuildDeps, who: Actor, name: string, version: number): Promise<BuildRecord> {
  const isNumber = Number.isSafeInteger(version) && version > 0;
  const record = isNumber ? await builds.sources.get(name, version) : null;
  return record && mayEdit(who, record) ? record : refuse('no-build', { name, version });
}

/** @param from "name/3" */
function keptAs(deps: BuildDeps, who: Actor, from: string): Promise<BuildRecord> {
  const slash = from.lastIndexOf('/');
  return kept(deps, who, from.slice(0, slash), Number(from.slice(slash + 1)));
}

async function keptPaths(deps: BuildDeps, who: Actor, from: string): Promise<string[] | null> {
  if (from === '') return [];
  const { name, version } = await keptAs(deps, who, from);
  return listFiles(deps.builds.sources.contextOf(name, version));
}

/** Empty where there is none. */
const from = z.string().max(250).default('');

export const checkDockerfile = verb({
  /** from: the kept build whose other files would be used. archive: an archive will supply the files. */
  input: z.strictObject({
    dockerfile: z.string().max(2 * MAX_DOCKERFILE_BYTES),
    from,
    archive: z.boolean().default(false),
  }),
  output: lintedSchema,
  refuses: [],
  async run(deps: BuildDeps, who: Actor, { dockerfile, from: origin, archive }) {
    deps.builds.requireBuilder(who);
    const files = archive ? null : await keptPaths(deps, who, origin);
    return linted(await deps.builds.check(who, dockerfile, files));
  },
});

async function contextOf(
  deps: BuildDeps,
  who: Actor,
  { dockerfile, from: origin, archive }: { dockerfile: string; from: string; archive: Buffer | null },
): Promise<BuildContext> {
  const { sources, limits } = deps.builds;
  const keptFiles = async (): Promise<BuildContext> => {
    if (origin === '') return new Map();
    const { name, version } = await keptAs(deps, who, origin);
    return (await sources.files(name, version)) ?? new Map();
  };
  const files = archive ? await readArchive(archive, limits.contextBytes) : await keptFiles();
  if (dockerfile.trim() === '') return files;
  const content = Buffer.from(dockerfile.endsWith('\n') ? dockerfile : `${dockerfile}\n`);
  return new Map([...files, [DOCKERFILE, { content, executable: false }]]);
}

export const startBuild = verb({
  /** dockerfile empty: the archive or the kept build contains the Dockerfile. */
  input: z.strictObject({
    dockerfile: z.string().default(''),
    from,
    archive: z.instanceof(Buffer).nullable().default(null),
  }),
  output: z.discriminatedUnion('started', [
    z.object({ started: z.literal(true), job: jobSchema }),
    z.object({ started: z.literal(false), ...editedSchema.omit({ from: true }).shape }),
  ]),
  refuses: [],
  async run(deps: BuildDeps, who: Actor, given) {
    deps.builds.requireBuilder(who);
    const files = await contextOf(deps, who, given);
    const answer = await deps.builds.start(who, files);
    if (answer.ok) return { started: true as const, job: answer.job };
    return {
      started: false as const,
      dockerfile: files.get(DOCKERFILE)?.content.toString() ?? '',
      files: [...files.keys()],
      checked: linted(answer.checked),
    };
  },
});

/** A Dockerfile to start from. */
export const beginDockerfile = verb({
  input: z.strictObject({ template: z.string().max(50) }),
  output: editedSchema,
  refuses: [],
  async run({ builds }: BuildDeps, who: Actor, { template }) {
    builds.requireBuilder(who);
    const all = await builds.templates();
    const dockerfile = (all.find(({ id }) => id === template) ?? all[0])?.dockerfile ?? '';
    const checked = linted(await builds.check(who, dockerfile, [DOCKERFILE]));
    return { dockerfile, from: null, files: [], checked };
  },
});

/** A Dockerfile that was built here, to change it. version absent: the newest. */
export const editDockerfile = verb({
  input: z.strictObject({ name: z.string(), version: z.int().positive().optional() }),
  output: editedSchema,
  refuses: [],
  async run(deps: BuildDeps, who: Actor, { name, version }) {
    const { builds } = deps;
    builds.requireBuilder(who);
    const wanted = version ?? (await builds.sources.list(name))[0]?.version ?? 0;
    const record = await kept(deps, who, name, wanted);
    const origin = `${record.name}/${record.version}`;
    const files = await keptPaths(deps, who, origin);
    const dockerfile = (await builds.sources.dockerfile(record.name, record.version)) ?? '';
    const checked = linted(await builds.check(who, dockerfile, files));
    return { dockerfile, from: origin, files: files ?? [], checked };
  },
});

/** The builds of one environment that this user may change, newest first. */
export const listBuilds = verb({
  input: z.strictObject({ name: z.string() }),
  output: z.array(buildRecordSchema),
  refuses: [],
  run: async ({ builds }: BuildDeps, who: Actor, { name }) =>
    (await builds.sources.list(name)).filter((record) => mayEdit(who, record)),
});

export const readBuildLog = verb({
  input: z.strictObject({ name: z.string(), version: z.number() }),
  output: z.string(),
  refuses: [],
  async run(deps: BuildDeps, who: Actor, { name, version }) {
    const record = await kept(deps, who, name, version);
    return (await deps.builds.sources.log(record.name, record.version)) ?? refuse('no-build-log', {});
  },
});
