/** gradeport env export | import */
import { resolve } from 'node:path';
import { exportEnvironment, importEnvironment } from '../../../environments/archives/archive-verbs.ts';
import { isPack } from '../../../environments/archives/open-pack.ts';
import { readSampleFiles, writeSampleFiles } from '../../../environments/archives/samples-files.ts';
import { granted } from '../../../model/verb.ts';
import { GradeportError } from '../../../rules/errors.ts';
import { bytesText } from '../../../text/quantities.ts';
import { emptyFolder } from '../../grade/copy-run-folders.ts';
import { whoRunsThis } from '../../local/who-runs-this.ts';
import { ownVersion } from '../../ui/own-version.ts';
import { data, harmless, json, talk } from '../../ui/terminal.ts';
import { exportPackTo, importPackFrom } from './offline.ts';
import { type DataOption, withSharing } from './with-sharing.ts';

type JsonOption = { json?: boolean };

type ExportOptions = DataOption & JsonOption & { samples?: string; all?: boolean; packages?: boolean };

/** @param namesAndFile as `cp` has them: the file is the last */
export async function exportTo(namesAndFile: string[], options: ExportOptions): Promise<void> {
  const names = namesAndFile.slice(0, -1);
  const file = namesAndFile.at(-1) ?? '';
  const [name] = names;
  const isOne = names.length === 1 && !options.all && !options.packages;
  if (isOne && name !== undefined) return exportOne(name, file, options);
  if (options.samples !== undefined)
    throw new GradeportError('usage', '--samples belongs to the export of one environment.');
  return exportPackTo(names, file, options);
}

async function exportOne(
  name: string,
  file: string,
  options: DataOption & JsonOption & { samples?: string },
): Promise<void> {
  const samples = options.samples === undefined ? new Map() : await readSampleFiles(resolve(options.samples));
  const wanted = { name, file: resolve(file), samples };
  const exported = await withSharing(options, async ({ deps, news, stopped }) => {
    const parts = { sharing: deps, gradeport: ownVersion(), clock: Date.now };
    const work = await granted(exportEnvironment(parts, whoRunsThis(), wanted));
    return work.run(news, stopped);
  });
  if (options.json) return json(exported);
  data(exported.file);
  const { image, parts } = exported.provenance;
  const beside = parts.length > 1 ? `, with ${parts.length - 1} files of samples beside the image` : '';
  talk(`${image}, ${bytesText(exported.bytes)}${beside}.`);
  talk(`On the other machine: gradeport env import ${exported.file}`);
}

type ImportOptions = DataOption & JsonOption & { tag?: string; any?: boolean; samples?: string };

export async function importFrom(file: string, options: ImportOptions): Promise<void> {
  if (await isPack(resolve(file))) return importPackFrom(file, options);
  const folder = options.samples === undefined ? null : await emptyFolder(options.samples, '--samples');
  const wanted = { file: resolve(file), tag: options.tag ?? null, any: options.any === true };
  const imported = await withSharing(options, async ({ deps, news, stopped }) => {
    const work = await granted(importEnvironment({ sharing: deps }, whoRunsThis(), wanted));
    return work.run(news, stopped);
  });
  const { image, digest, environment, provenance, samples } = imported;
  if (folder !== null) await writeSampleFiles(folder, samples);
  if (options.json) {
    return json({ image, digest, name: environment?.name ?? null, provenance, samples: [...samples.keys()] });
  }
  data(image);
  talk(
    harmless(
      environment
        ? `It announces "${environment.name}".`
        : 'It is not an environment; images can be built on it.',
    ),
  );
  if (samples.size > 0) {
    talk(
      folder === null
        ? `${samples.size} files of samples were left in the file; --samples <folder> takes them out.`
        : `${samples.size} files of samples are in ${folder}.`,
    );
  }
}
