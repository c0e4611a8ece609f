/** gradeport env export | import with several images in one file, and Gradeport's own packages. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PROJECT_FOLDER } from '../../config/config.ts';
import { basesOf } from '../../environments/archives/bases-of.ts';
import { type ExportedPack, exportPack } from '../../environments/archives/export-pack.ts';
import {
  type ImportedImage,
  type ImportedPack,
  importPack,
} from '../../environments/archives/import-pack.ts';
import { installedPackages } from '../../environments/archives/packages-part.ts';
import { seeEnvironments } from '../../environments/discovery/environment-verbs.ts';
import type { SharingDeps } from '../../environments/registries/sharing-deps.ts';
import { granted } from '../../model/verb.ts';
import { signature } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import { bytesText } from '../../text/quantities.ts';
import { whoRunsThis } from '../local/who-runs-this.ts';
import { ownVersion } from '../ui/own-version.ts';
import { colors, data, harmless, json, talk } from '../ui/terminal.ts';
import { lookHere } from './look.ts';
import { type DataOption, withSharing } from './with-sharing.ts';

type ExportOptions = DataOption & { json?: boolean; all?: boolean; packages?: boolean };

export async function exportSeveral(names: string[], file: string, options: ExportOptions): Promise<void> {
  const given = options.all ? [...names, ...(await allThatGrade(options))] : names;
  if (given.length === 0 && !options.packages)
    throw new GradeportError('usage', 'Name environments and then a file, or use --all.');
  const packages = options.packages ? await installedPackages(PROJECT_FOLDER) : null;
  const exported = await withSharing(options, async ({ deps, news, stopped }) => {
    const request = {
      names: await withBases(deps, given),
      packages,
      file: resolve(file),
      by: signature(whoRunsThis()),
      gradeport: ownVersion(),
      at: new Date(),
    };
    return exportPack(deps, request, news, stopped);
  });
  if (options.json) return json(exported);
  sayExported(exported);
}

async function allThatGrade({ data: folder }: DataOption): Promise<string[]> {
  const { images } = await granted(seeEnvironments(await lookHere(folder), whoRunsThis(), {}));
  return images.filter(({ available }) => available).map(({ name }) => name);
}

/** The lowest base first, so that it is there when what is built on it comes. */
async function withBases({ find, images }: SharingDeps, names: readonly string[]): Promise<string[]> {
  const ids = await Promise.all(names.map(async (name) => (await find(name))?.digest ?? name));
  return [...new Set([...(await basesOf(images, ids)), ...names])];
}

function sayExported({ file, bytes, images, header }: ExportedPack): void {
  data(file);
  for (const { image, name } of images) talk(harmless(`  ${image}${name === null ? '' : `: ${name}`}`));
  const packages = header.packages
    ? `, and the packages of Gradeport for ${header.packages.platform} on ${header.packages.arch}`
    : '';
  talk(`${images.length} images${packages}, ${bytesText(bytes)}.`);
  const command = header.packages ? 'in a checkout: node bin/gradeport.mjs' : 'gradeport';
  talk(`On the other machine, ${command} env import ${file}`);
}

type ImportOptions = DataOption & { json?: boolean; tag?: string; samples?: string };

export async function importSeveral(file: string, options: ImportOptions): Promise<void> {
  if (options.tag !== undefined || options.samples !== undefined)
    throw new GradeportError(
      'usage',
      `${file} has several images: --tag and --samples are for a file of one.`,
    );
  const folder = await mkdtemp(join(tmpdir(), 'gradeport-import-'));
  try {
    const request = { file: resolve(file), folder, by: signature(whoRunsThis()) };
    const imported = await withSharing(options, ({ deps, news, stopped }) =>
      importPack(deps, request, news, stopped),
    );
    if (options.json) json(imported.images);
    else sayImported(imported);
    if (imported.images.some(({ state }) => state === 'refused')) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function sayImported({ images, header }: ImportedPack): void {
  for (const one of images) data(harmless(`${one.image}: ${WORDS[one.state]}`));
  for (const { image, reason } of images)
    if (reason !== null) talk(colors.yellow(harmless(`${image} was not imported. ${reason}`)));
  if (header.packages !== null) talk('The packages of Gradeport in the file are installed here already.');
}

const WORDS: Record<ImportedImage['state'], string> = {
  imported: 'imported',
  already: 'there already',
  refused: 'not imported',
};
