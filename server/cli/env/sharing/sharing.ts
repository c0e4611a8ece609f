/** gradeport env pull | push | search | outdated | update | export | import: images from and to other machines. */
import type { Command } from 'commander';
import { showOutdated, updateAll } from '../update.ts';
import { exportTo, importFrom } from './archive.ts';
import { showLayers } from './layers.ts';
import { pullAll, pushTo, searchFor } from './pull.ts';

const DATA = [
  '--data <folder>',
  'data folder of the installation: where passwords for registries are, and whose history counts',
] as const;
const HISTORY = ['--data <folder>', 'data folder of the installation whose history counts'] as const;

export function addSharingCommands(env: Command): void {
  addRegistryCommands(env);
  addUpdateCommands(env);
  addFileCommands(env);
}

function addRegistryCommands(env: Command): void {
  env
    .command('pull')
    .description('get environments from registries; says what each is before it is downloaded')
    .argument('<references...>', 'such as registry.example.org/course/python:1, or …@sha256:…')
    .option(
      '--any',
      'also images that are not environments, to build on; or that take the name of another image',
    )
    .option(...DATA)
    .option('--json', 'print a JSON array of what was pulled')
    .addHelpText('after', PULL_EXAMPLES)
    .action(pullAll);
  env
    .command('push')
    .description('put an environment into a registry')
    .argument('<name>', 'a grading name, or the name of an image')
    .argument('<reference>', 'where: registry.example.org/course/python:1')
    .option(...DATA)
    .option('--json', 'print { image, pinned, name }')
    .addHelpText('after', '\nExample:\n  gradeport env push python3 registry.example.org/course/python:1')
    .action(pushTo);
  env
    .command('search')
    .description('search registries through the engine')
    .argument('<words...>', 'words, or <registry>/<words>')
    .option('--json', 'print a JSON array')
    .addHelpText('after', '\nExample:\n  gradeport env search inginious java')
    .action(searchFor);
}

function addUpdateCommands(env: Command): void {
  env
    .command('outdated')
    .description('what is older here than in its registry, or than its Dockerfile; pulls nothing')
    .option(...DATA)
    .option('--json', 'print a JSON array')
    .addHelpText('after', '\nExamples:\n  gradeport env outdated\n  gradeport env outdated --json')
    .action(showOutdated);
  env
    .command('update')
    .description('pull what is newer, and rebuild what is built on it, bases first')
    .argument('[names...]', 'only these, with what they are built on')
    .option('--all', 'all of them')
    .option('--dry-run', 'only say what would be done, and why')
    .option(...DATA)
    .option('--json', 'print the plan, or what was done, as JSON')
    .addHelpText('after', '\nExamples:\n  gradeport env update --all --dry-run\n  gradeport env update java')
    .action(updateAll);
}

function addFileCommands(env: Command): void {
  env
    .command('layers')
    .description('what an image is made of, the newest step first')
    .argument('<name>', 'a grading name, or the name of an image')
    .option(...HISTORY)
    .option('--json', 'print a JSON array of { command, size, createdMs }')
    .addHelpText('after', '\nExample:\n  gradeport env layers c')
    .action(showLayers);
  env
    .command('export')
    .description('write environments into one file, for a machine without a network')
    .argument('<names-and-file...>', 'grading names or names of images, and then a new file')
    .option('--all', 'every environment that grades here, and the bases that they are built on')
    .option('--packages', 'also the packages of Gradeport itself, to start it over there')
    .option('--samples <folder>', 'of one environment: samples to put beside those that the image itself has')
    .option(...HISTORY)
    .option('--json', 'print { file, bytes, provenance }; of several { file, bytes, images, header }')
    .addHelpText('after', EXPORT_EXAMPLES)
    .action(exportTo);
  env
    .command('import')
    .description('take environments out of such a file; it is checked as a whole first')
    .argument('<file>', 'what "env export" wrote')
    .option('--tag <image>', 'of one environment: another name for the image')
    .option('--any', 'also an image that is not an environment')
    .option('--samples <folder>', 'of one environment: a new folder for the samples in the file')
    .option(...DATA)
    .option(
      '--json',
      'print { image, digest, name, provenance, samples }; of several an array of { image, name, state, reason }',
    )
    .addHelpText('after', '\nExample:\n  gradeport env import /media/stick/python3.tar')
    .action(importFrom);
}

const EXPORT_EXAMPLES = `
Examples:
  gradeport env export python3 /media/stick/python3.tar
  gradeport env export --all --packages /media/stick/gradeport.tar`;

const PULL_EXAMPLES = `
Examples:
  gradeport env pull registry.example.org/course/python:1
  gradeport env pull --any debian:12
For a private registry first: gradeport registry login registry.example.org`;
