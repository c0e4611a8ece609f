/** gradeport env list | show */
import { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { GradeportError } from '../core/errors.ts';
import { openEngine } from '../engine/open.ts';
import { findEnvironment } from '../environments/announced.ts';
import { readEnvironments } from '../environments/catalogue.ts';
import type { Environment } from '../environments/environment.ts';
import { colors, data, formatBytes, harmless, json, table, talk } from './terminal.ts';

type JsonOption = { json?: boolean };

export function envCommand(): Command {
  const env = new Command('env').description(
    'environments: images that announce by their labels that they can grade',
  );
  env
    .command('list')
    .description('list every environment of this machine, unusable ones with the reason')
    .option('--json', 'print a JSON array')
    .action(async ({ json: asJson }: JsonOption) => listEnvironments(asJson === true));
  env
    .command('show')
    .description('show one environment by its name or an alias')
    .argument('<name>')
    .option('--json', 'print a JSON object')
    .action(async (name: string, { json: asJson }: JsonOption) => showEnvironment(name, asJson === true));
  return env;
}

async function allEnvironments(): Promise<Environment[]> {
  const engine = openEngine();
  try {
    return (await readEnvironments(engine, loadConfig({}).runtimes)).list;
  } finally {
    engine.close();
  }
}

async function listEnvironments(asJson: boolean): Promise<void> {
  const list = await allEnvironments();
  if (asJson) return json(list);
  if (list.length === 0) {
    return talk(
      'There is no environment yet. Build an image with LABEL org.gradeport.grading.name=<name>; it appears at once.',
    );
  }
  const rows = list.map((environment) => [
    harmless(environment.name),
    environment.image,
    environment.digest.replace('sha256:', '').slice(0, 12),
    formatBytes(environment.size),
    environment.created.slice(0, 10),
    environment.runtime ?? '-',
    [environment.needRoot ? 'root' : '', environment.needGpu ? 'gpu' : ''].filter(Boolean).join(',') || '-',
    harmless(environment.title),
  ]);
  data(table(['NAME', 'IMAGE', 'DIGEST', 'SIZE', 'CREATED', 'RUNTIME', 'NEEDS', 'TITLE'], rows));
  for (const { name, reason, available } of list) {
    if (!available) talk(colors.yellow(`${harmless(name)} cannot be used: ${reason}`));
  }
}

async function showEnvironment(name: string, asJson: boolean): Promise<void> {
  const found = findEnvironment(await allEnvironments(), name);
  if (!found) {
    throw new GradeportError(
      'not-found',
      `There is no environment "${name}"; "gradeport env list" shows those there are.`,
    );
  }
  if (asJson) return json(found);
  const { size, languages, aliases, ...rest } = found;
  const fields = {
    ...rest,
    size: formatBytes(size),
    languages: languages.join(', '),
    aliases: aliases.join(', '),
  };
  data(
    table(
      ['FIELD', 'VALUE'],
      Object.entries(fields).map(([key, value]) => [key, harmless(String(value))]),
    ),
  );
}
