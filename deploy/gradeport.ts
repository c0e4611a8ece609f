#!/usr/bin/env node
/**
 * The command `gradeport` of the container, and its first process. It reads secrets that only root can read, gives up root
 * for a user in the group of the engine's socket, and then is what `gradeport` is everywhere.
 */
import { chownSync, readFileSync } from 'node:fs';
import { type Rights, rightsIn } from './rights.ts';
import { secretsIn } from './secrets.ts';
import { lookAround } from './surroundings.ts';

const REFUSED = 3;
const MISUSED = 2;

const { env } = process;
// Compose sets a variable for each setting that is left open; to the engine's client an empty one is an address.
if (env['DOCKER_HOST'] === '') delete env['DOCKER_HOST'];
const dataPath = env['GRADEPORT_DATA'] || '/data';

try {
  Object.assign(
    env,
    secretsIn(env, (path) => readFileSync(path, 'utf8')),
  );
} catch (error) {
  refuse(MISUSED, error instanceof Error ? error.message : String(error));
}
const rights = rightsIn(lookAround(dataPath, env['DOCKER_HOST'] ?? ''));
if (rights.kind === 'refused') refuse(REFUSED, rights.why);
if (rights.kind === 'drop') become(rights);
await import('../bin/gradeport.mjs');

function become({ uid, gid, groups, takeData }: Rights & { kind: 'drop' }): void {
  if (takeData) chownSync(dataPath, uid, gid);
  // The user is last: afterwards the groups are out of reach.
  process.setgroups?.(groups);
  process.setgid?.(gid);
  process.setuid?.(uid);
  env['HOME'] = dataPath;
}

function refuse(code: number, why: string): never {
  console.error(why);
  process.exit(code);
}
