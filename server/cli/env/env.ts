/** gradeport env list | show | build | lint | adopt-base; sharing.ts and revisions.ts add the others */
import { Command } from 'commander';
import { type BuildOptions, buildEnvironments } from './build.ts';
import { printLint } from './lint.ts';
import { type LookOptions, printEnvironments } from './list.ts';
import { type AdoptOptions, changeBaseNames } from './revisions/adopt.ts';
import { addRevisionCommands } from './revisions/revisions.ts';
import { addSharingCommands } from './sharing/sharing.ts';
import { printEnvironment } from './show.ts';

const DATA = ['--data <folder>', 'data folder of the installation whose history counts'] as const;

export function envCommand(): Command {
  const env = new Command('env').description(
    'environments: images that announce by their labels that they can grade',
  );
  env
    .command('list')
    .description('list every environment of this machine, unusable ones with the reason')
    .option(...DATA)
    .option('--json', 'print a JSON array')
    .addHelpText('after', "\nExamples:\n  gradeport env list\n  gradeport env list --json | jq -r '.[].name'")
    .action(printEnvironments);
  env
    .command('show')
    .description('show one environment by its name or an alias')
    .argument('<name>', 'a grading name or an alias')
    .option(...DATA)
    .option('--json', 'print a JSON object')
    .addHelpText('after', '\nExamples:\n  gradeport env show java8\n  gradeport env show c --json')
    .action(async (name: string, options: LookOptions) => printEnvironment(name, options));
  env
    .command('build')
    .description('build environments that come with Gradeport, or a folder of your own')
    .argument('[folders...]', 'a name in environments/, such as cpp, or a folder with a Dockerfile')
    .option('--all', 'all that come with Gradeport; what is there already is skipped')
    .option('--tag <image>', "the image's name, for a folder of your own (default: local/<folder>)")
    .option('--network', 'let the steps of a folder of your own use the network, and pull base images')
    .option(...DATA)
    .option('--json', 'print a JSON array of { image, name, available, reason }')
    .addHelpText(
      'after',
      '\nExamples:\n  gradeport env build environments/cpp\n  gradeport env build --all\n  gradeport env build my-folder --network\nExit codes: 0 built, samples as expected · 1 errors in its Dockerfile, a step failed, or a sample came out otherwise.',
    )
    .action(async (folders: string[], options: BuildOptions) => buildEnvironments(folders, options));
  env
    .command('lint')
    .description('say what is wrong with the Dockerfile of a folder, line by line, without building it')
    .argument('<folder>', 'a folder with a Dockerfile')
    .option('--network', 'as if its steps had a network')
    .option('--json', 'print a JSON array of { line, severity, message }')
    .addHelpText(
      'after',
      '\nExamples:\n  gradeport env lint my-folder\n  gradeport env lint my-folder --json\nExit codes: 0 it can be built · 1 it has errors.',
    )
    .action(async (folder: string, options: { network?: boolean; json?: boolean }) =>
      printLint(folder, options),
    );
  env
    .command('adopt-base')
    .description(
      "give gradeport/base the names of INGInious' base images, so that Dockerfiles built on them work here",
    )
    .argument('[images...]', "other names (default: INGInious' own)")
    .option('--undo', 'take the names away again')
    .option('--json', 'print a JSON array of the names that were given or taken away')
    .addHelpText('after', '\nExamples:\n  gradeport env adopt-base\n  gradeport env adopt-base --undo')
    .action(async (images: string[], options: AdoptOptions) => changeBaseNames(images, options));
  addSharingCommands(env);
  addRevisionCommands(env);
  return env;
}
