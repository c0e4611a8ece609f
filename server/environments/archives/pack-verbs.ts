/** What operators do with files of several environments: export and import. The files are on the server's machine. */
import { z } from 'zod';
import { longVerb } from '../../jobs/long-verb.ts';
import { type Actor, can, signature } from '../../rules/access.ts';
import { refuse } from '../../rules/problems.ts';
import type { SharingDeps } from '../registries/sharing-deps.ts';
import { provenanceSchema } from './archive-format.ts';
import { basesOf } from './bases-of.ts';
import { type ExportedPack, exportPack } from './export-pack.ts';
import { type ImportedPack, importPack } from './import-pack.ts';
import { headerSchema, MAX_IMAGES } from './pack-format.ts';
import { installedPackages } from './packages-part.ts';

type ImportDeps = { sharing: SharingDeps };
/** gradeport: the version of this Gradeport. checkout: the folder with its packages. */
type ExportDeps = ImportDeps & { gradeport: string; checkout: string; clock: () => number };

function mayUseFiles(who: Actor): void {
  if (!can(who, 'operate', null)) refuse('archives-are-for-operators', {});
}

const file = z.string().min(1);

export const exportSeveral = longVerb({
  /** names: grading names, aliases, or names of images. packages: also Gradeport's own. file: a new file. */
  input: z.strictObject({
    names: z.array(z.string().max(600)).max(MAX_IMAGES),
    packages: z.boolean(),
    file,
  }),
  output: z.object({
    file: z.string(),
    bytes: z.number(),
    images: z.array(provenanceSchema),
    header: headerSchema,
  }) satisfies z.ZodType<ExportedPack>,
  refuses: [],
  may: mayUseFiles,
  begin: ({ sharing, gradeport, checkout, clock }: ExportDeps, who: Actor, { names, packages, file }) => ({
    about: { kind: 'export', title: `Export ${names.join(', ')}` },
    run: async (news, stopped) =>
      exportPack(
        sharing,
        {
          names: await withBases(sharing, names),
          packages: packages ? await installedPackages(checkout) : null,
          file,
          by: signature(who),
          gradeport,
          at: new Date(clock()),
        },
        news,
        stopped,
      ),
    result: ({ images, file }) => ({
      sentence: `${images.length} images are in ${file} now.`,
      environment: null,
    }),
  }),
});

/** The lowest base first, so that it is there when what is built on it comes. */
async function withBases({ find, images }: SharingDeps, names: readonly string[]): Promise<string[]> {
  const ids = await Promise.all(names.map(async (name) => (await find(name))?.digest ?? name));
  return [...new Set([...(await basesOf(images, ids)), ...names])];
}

export const importSeveral = longVerb({
  /** folder: an empty folder with room for the largest image. */
  input: z.strictObject({ file, folder: z.string().min(1) }),
  output: z.object({
    header: headerSchema,
    images: z.array(
      z.object({
        image: z.string(),
        name: z.string().nullable(),
        state: z.enum(['imported', 'already', 'refused']),
        reason: z.string().nullable(),
      }),
    ),
  }) satisfies z.ZodType<ImportedPack>,
  refuses: [],
  may: mayUseFiles,
  begin: ({ sharing }: ImportDeps, who: Actor, wanted) => ({
    about: { kind: 'import', title: `Import ${wanted.file}` },
    run: (news, stopped) => importPack(sharing, { ...wanted, by: signature(who) }, news, stopped),
    result: ({ images }) => ({ sentence: `${images.length} images were in the file.`, environment: null }),
  }),
});
