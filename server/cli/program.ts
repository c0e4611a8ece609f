/** All commands: gradeport <noun> <verb>. Help, completion and the man page are made from this. */
import { Command } from 'commander';
import { benchCommand } from './bench/bench.ts';
import { configCommand } from './config/config.ts';
import { courseCommand } from './course/course.ts';
import { doctorCommand } from './doctor/doctor.ts';
import { envCommand } from './env/env.ts';
import { registryCommand } from './env/sharing/registry.ts';
import { gradeCommand } from './grade/grade.ts';
import { serveCommand } from './serve/serve.ts';
import { slotsCommand } from './serve/slots.ts';
import { serviceCommand } from './service/service.ts';
import { completionCommand } from './shell/completion.ts';
import { manCommand } from './shell/man.ts';
import { storeCommand } from './store/store.ts';
import { taskCommand } from './task/task.ts';
import { EXIT_CODES_HELP } from './ui/exit-codes.ts';
import { ownVersion } from './ui/own-version.ts';
import { userCommand } from './user/user.ts';

export function createProgram(): Command {
  const program = new Command('gradeport')
    .description(
      'Grades submissions in isolated containers. Environments are images that announce themselves by labels.',
    )
    .version(ownVersion())
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText('after', EXIT_CODES_HELP);
  const commands = [
    serveCommand(),
    envCommand(),
    gradeCommand(),
    taskCommand(),
    courseCommand(),
    userCommand(),
    storeCommand(),
    registryCommand(),
    serviceCommand(),
    slotsCommand(),
    doctorCommand(),
    configCommand(),
    benchCommand(),
    completionCommand(),
    manCommand(),
  ];
  for (const command of commands) program.addCommand(withOverride(command));
  return program;
}

/** Every level throws instead of exiting, so that one place decides the exit code. */
function withOverride(command: Command): Command {
  command.exitOverride().showHelpAfterError('(--help shows how to use it)');
  for (const child of command.commands) withOverride(child);
  return command;
}
