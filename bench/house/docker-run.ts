/** The baseline of all comparisons: the engine's own command line, with a container per program. */
import { spawn } from 'node:child_process';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { readEnvironments } from '../../server/environments/catalogue.ts';
import { findEnvironment } from '../../server/environments/discovery/environments-of-images.ts';

/** Milliseconds of `docker run --rm <options> <image> true`, including the start of the command line itself. */
export async function dockerRun(image: string, options: readonly string[]): Promise<number> {
  const begun = performance.now();
  await run('docker', ['run', '--rm', ...options, image, 'true']);
  return performance.now() - begun;
}

function run(command: string, args: readonly string[]): Promise<void> {
  // In a process group of its own: Ctrl-C between "create" and "start" would leave the container behind.
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args[0]} ended with ${code}: ${said.slice(0, 300)}`));
    });
  });
}

/** The image behind a grading name. */
export async function imageOf(name: string): Promise<string> {
  const engine = openEngine();
  try {
    const environment = findEnvironment((await readEnvironments(engine, {})).list, name);
    if (!environment?.available) {
      throw new Error(`Environment "${name}" is not there; npm start builds those that come with Gradeport.`);
    }
    return environment.image;
  } finally {
    await engine.close();
  }
}
