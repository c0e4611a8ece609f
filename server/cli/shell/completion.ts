/** gradeport completion: a script for a shell, made from the commands themselves. */
import { Argument, Command } from 'commander';
import { data } from '../ui/terminal.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { rootOf } from './help.ts';
import { type CompletedCommand, completedCommands } from './model.ts';
import { zshCompletion } from './zsh.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } satisfies Record<
  string,
  (commands: readonly CompletedCommand[]) => string
>;

export function completionCommand(): Command {
  return new Command('completion')
    .description('print a script that lets a shell complete commands, options and names of environments')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SHELLS)))
    .addHelpText('after', EXAMPLES)
    .action((shell: keyof typeof SHELLS, _options: unknown, command: Command) =>
      data(SHELLS[shell](completedCommands(rootOf(command)))),
    );
}

const EXAMPLES = `
Examples:
  source <(gradeport completion bash)              # for this shell; in ~/.bashrc for all
  gradeport completion zsh > ~/.zfunc/_gradeport    # a folder of your fpath
  gradeport completion fish > ~/.config/fish/completions/gradeport.fish
Make it again after an upgrade. The command must be called "gradeport": npm link in the folder of Gradeport.`;
