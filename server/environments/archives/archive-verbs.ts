/** What operators do with environments in files: export and import. The files are on the server's machine. */
import { z } from 'zod';
import { longVerb } from '../../jobs/long-verb.ts';
import { type Actor, can, signature } from '../../rules/access.ts';
import { refuse } from '../../rules/problems.ts';
import { announcementSchema } from '../discovery/environment-schemas.ts';
import type { SharingDeps } from '../registries/sharing-deps.ts';
import { provenanceSchema } from './archive-format.ts';
import { type Exported, exportToFile } from './export.ts';
import { type Imported, importFromFile } from './import.ts';

type ImportDeps = { sharing: SharingDeps };
/** gradeport: the version of this Gradeport. */
type ExportDeps = ImportDeps & { gradeport: string; clock: () => number };

function mayUseFiles(who: Actor): void {
  if (!can(who, 'operate', null)) refuse('archives-are-for-operators', {});
}

/** Path in the archive ("samples/…") → content. */
const samplesSchema = z.map(z.string(), z.instanceof(Buffer));
const file = z.string().min(1);

export const exportEnvironment = longVerb({
  /** name: a grading name, an alias, or the name of an image. file: a new file. */
  input: z.strictObject({ name: z.string().max(600), file, samples: samplesSchema.default(new Map()) }),
  output: z.object({
    file: z.string(),
    bytes: z.number(),
    provenance: provenanceSchema,
  }) satisfies z.ZodType<Exported>,
  refuses: [],
  may: mayUseFiles,
  begin: ({ sharing, gradeport, clock }: ExportDeps, who: Actor, wanted) => ({
    about: { kind: 'export', title: `Export ${wanted.name}` },
    run: (news, stopped) =>
      exportToFile(
        sharing,
        { ...wanted, by: signature(who), gradeport, at: new Date(clock()) },
        news,
        stopped,
      ),
    result: (exported) => ({
      sentence: `${exported.provenance.image} is in ${exported.file} now.`,
      environment: exported.provenance.name,
    }),
  }),
});

export const importEnvironment = longVerb({
  /** tag: a new name for the image; null: the one it had. any: even if it is not an environment. */
  input: z.strictObject({ file, tag: z.string().max(600).nullable(), any: z.boolean().default(false) }),
  output: z.object({
    image: z.string(),
    digest: z.string(),
    environment: announcementSchema.nullable(),
    provenance: provenanceSchema,
    samples: samplesSchema,
  }) satisfies z.ZodType<Imported>,
  refuses: [],
  may: mayUseFiles,
  begin: ({ sharing }: ImportDeps, who: Actor, wanted) => ({
    about: { kind: 'import', title: `Import ${wanted.file}` },
    run: (news, stopped) => importFromFile(sharing, { ...wanted, by: signature(who) }, news, stopped),
    result: ({ image, environment }) => ({
      sentence: `${image} is here now.`,
      environment: environment?.name ?? null,
    }),
  }),
});
