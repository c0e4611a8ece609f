/** Uses this program's own terminal as the student's, for trying a task that has one. */
import type { ShowTerminal } from '../../ports/terminals.ts';
import { talk } from '../ui/terminal.ts';

/** null if no terminal is attached: the grader gets an error. */
export function localTerminal(): ShowTerminal | null {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) return null;
  return (line) => {
    // A serial line reports no size: use the usual one.
    const size = () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
    const type = (bytes: Buffer) => line.type(bytes);
    const resize = () => line.resize(size());
    talk('The student’s terminal; "exit" ends it and grades.');
    stdin.setRawMode(true);
    stdin.on('data', type);
    stdin.resume();
    stdout.on('resize', resize);
    const caughtUp = () => line.behind(false);
    stdout.on('drain', caughtUp);
    setImmediate(() => line.connect(size()));
    return {
      print(bytes) {
        if (!stdout.write(bytes)) line.behind(true);
      },
      opened: () => {},
      closed() {
        stdout.off('resize', resize);
        stdout.off('drain', caughtUp);
        stdin.off('data', type);
        stdin.pause();
        stdin.setRawMode(false);
      },
    };
  };
}
