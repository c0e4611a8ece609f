/** The start and the end of the command line: runs a command, and decides its exit code. */
import { explain } from './ui/exit-codes.ts';
import { talk } from './ui/terminal.ts';

/** What a shell calls while a user types; not a command of the program, which would take long to load. */
const COMPLETE = '__complete';

async function run(): Promise<void> {
  try {
    const [, , command, kind = ''] = process.argv;
    if (command === COMPLETE) return (await import('./shell/complete.ts')).printNames(kind);
    await (await import('./program.ts')).createProgram().parseAsync();
  } catch (error) {
    const { exitCode, sentence } = explain(error);
    if (sentence !== null) talk(`gradeport: ${sentence}`);
    process.exitCode = exitCode;
  }
}

/** "gradeport env list | head -1": the reader has enough, which is not a failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

await run();
