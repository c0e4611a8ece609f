/** gradeport env export | import with several images in one file, and Gradeport's own packages. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PROJECT_FOLDER } from '../../../config/config.ts';
import type { ExportedPack } from '../../../environments/archives/export-pack.ts';
import type { ImportedImage, ImportedPack } from '../../../environments/archives/import-pack.ts';
import { exportSeveral, importSeveral } from '../../../environments/archives/pack-verbs.ts';
import { seeEnvironments } from '../../../environments/discovery/environment-verbs.ts';
import { granted } from '../../../model/verb.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { bytesText } from '../../../text/quantities.ts';
import { whoRunsThis } from '../../local/who-runs-this.ts';
import { ownVersion } from '../../ui/own-version.ts';
import { colors, data, harmless, json, talk } from '../../ui/terminal.ts';
import { lookHere } from '../look.ts';
import { type DataOption, withSharing } from './with-sharing.ts';

type ExportOptions = DataOption & { json?: boolean; all?: boolean; packages?: boolean };

export async function exportPackTo(names: string[], file: string, options: ExportOptions): Promise<void> {
  const given = options.all ? [...names, ...(await allThatGrade(options))] : names;
  if (given.length === 0 && !options.packages)
    throw new GradeportError('usage', 'Name environments and then a file, or use --all.');
  const wanted = { names: given, packages: options.packages === true, file: resolve(file) };
  const exported = await withSharing(options, async ({ deps, news, stopped }) => {
    const parts = { sharing: deps, gradeport: ownVersion(), checkout: PROJECT_FOLDER, clock: Date.now };
    const work = await granted(exportSeveral(parts, whoRunsThis(), wanted));
    return work.run(news, stopped);
  });
  if (options.json) return json(exported);
  sayExported(exported);
}

async function allThatGrade({ data: folder }: DataOption): Promise<string[]> {
  const { images } = await granted(seeEnvironments(await lookHere(folder), whoRunsThis(), {}));
  return images.filter(({ available }) => available).map(({ name }) => name);
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

export async function importPackFrom(file: string, options: ImportOptions): Promise<void> {
  if (options.tag !== undefined || options.samples !== undefined)
    throw new GradeportError(
      'usage',
      `${file} has several images: --tag and --samples are for a file of one.`,
    );
  const folder = await mkdtemp(join(tmpdir(), 'gradeport-import-'));
  try {
    const imported = await withSharing(options, async ({ deps, news, stopped }) => {
      const wanted = { file: resolve(file), folder };
      const work = await granted(importSeveral({ sharing: deps }, whoRunsThis(), wanted));
      return work.run(news, stopped);
    });
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
