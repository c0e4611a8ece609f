/** A grader's desk outside a container: its commands, an input file and a feedback file. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API_FOLDER } from './container.ts';

export type Desk = ReturnType<typeof createDesk>;

/** @param input null: there is no input file */
export function createDesk(input: Record<string, unknown> | null) {
  const folder = mkdtempSync(join(tmpdir(), 'gradeport-api-'));
  const path = (name: string) => join(folder, name);
  if (input) writeFileSync(path('in.json'), JSON.stringify({ input }));

  function call(program: string, args: readonly string[], stdin: string | Buffer = '') {
    const done = spawnSync(program, args, {
      cwd: folder,
      input: stdin,
      encoding: 'utf8',
      env: {
        PATH: `${API_FOLDER}/commands:/usr/bin:/bin`,
        PYTHONPATH: `${API_FOLDER}/python`,
        PYTHONDONTWRITEBYTECODE: '1',
        GRADEPORT_INPUT: path('in.json'),
        GRADEPORT_OUTPUT: path('out.json'),
        LC_ALL: 'nowhere.UTF-8',
      },
    });
    return { code: done.status, stdout: done.stdout, stderr: done.stderr };
  }

  return {
    folder,
    call,
    write: (name: string, content: string) => writeFileSync(path(name), content),
    read: (name: string) => readFileSync(path(name), 'utf8'),
    feedback: () => JSON.parse(readFileSync(path('out.json'), 'utf8')) as Record<string, unknown>,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
