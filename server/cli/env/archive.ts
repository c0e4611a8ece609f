/** gradeport env export | import */
import { resolve } from 'node:path';
import { exportEnvironment } from '../../environments/archives/export.ts';
import { importEnvironment } from '../../environments/archives/import.ts';
import { isPack } from '../../environments/archives/open-pack.ts';
import { readSampleFiles, writeSampleFiles } from '../../environments/archives/samples-files.ts';
import { signature } from '../../rules/access.ts';
import { GradeportError } from '../../rules/errors.ts';
import { bytesText } from '../../text/quantities.ts';
import { emptyFolder } from '../grade/copy-run-folders.ts';
import { whoRunsThis } from '../local/who-runs-this.ts';
import { ownVersion } from '../ui/own-version.ts';
import { data, harmless, json, talk } from '../ui/terminal.ts';
import { exportSeveral, importSeveral } from './offline.ts';
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
  return exportSeveral(names, file, options);
}

async function exportOne(
  name: string,
  file: string,
  options: DataOption & JsonOption & { samples?: string },
): Promise<void> {
  const samples = options.samples === undefined ? new Map() : await readSampleFiles(resolve(options.samples));
  const request = {
    name,
    file: resolve(file),
    samples,
    by: signature(whoRunsThis()),
    gradeport: ownVersion(),
    at: new Date(),
  };
  const exported = await withSharing(options, ({ deps, news, stopped }) =>
    exportEnvironment(deps, request, news, stopped),
  );
  if (options.json) return json(exported);
  data(exported.file);
  const { image, parts } = exported.provenance;
  const beside = parts.length > 1 ? `, with ${parts.length - 1} files of samples beside the image` : '';
  talk(`${image}, ${bytesText(exported.bytes)}${beside}.`);
  talk(`On the other machine: gradeport env import ${exported.file}`);
}

type ImportOptions = DataOption & JsonOption & { tag?: string; any?: boolean; samples?: string };

export async function importFrom(file: string, options: ImportOptions): Promise<void> {
  if (await isPack(resolve(file))) return importSeveral(file, options);
  const folder = options.samples === undefined ? null : await emptyFolder(options.samples);
  const request = {
    file: resolve(file),
    tag: options.tag ?? null,
    any: options.any === true,
    by: signature(whoRunsThis()),
  };
  const imported = await withSharing(options, ({ deps, news, stopped }) =>
    importEnvironment(deps, request, news, stopped),
  );
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
