/** Which MongoDB server the tests get, and what set-up does where there is none. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { ensureJavaServer } from '../../../setup/mongo-java-server.mjs';
import {
  ensureMongoServer,
  mongoServerStep,
  mongoSource,
  whyNoMongoServer,
} from '../../../setup/mongo-server.mjs';
import { testSteps } from '../../../setup/test-steps.mjs';
import { tempFolder } from '../../support/store/temp-folder.ts';

const MVN = `for option; do case $option in -DoutputDirectory=*) library=\${option#*=};; esac; done
echo "Downloading a jar" && mkdir -p "$library" && touch "$library/a.jar"`;
const JAVAC = 'mkdir -p "$4" && touch "$4/A.class"';

let programs: string;
let cache: string;
let said: string[];
beforeEach(() => {
  said = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  programs = tempFolder();
  cache = join(tempFolder(), 'cache');
  vi.stubEnv('GRADEPORT_TEST_MONGODB', '');
  vi.stubEnv('PATH', `${programs}:${process.env['PATH']}`);
  return () => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  };
});

function program(name: string, script: string): string {
  const path = join(programs, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

const find = (name: string) => (existsSync(join(programs, name)) ? join(programs, name) : undefined);
const compilers = () => {
  program('mvn', MVN);
  program('javac', JAVAC);
  program('java', 'exit 1');
};
const notes: string[] = [];
const note = (text: string) => void notes.push(text);

test('the first of the servers that are there is taken', async () => {
  expect(mongoSource({ cache, find })).toBeUndefined();
  compilers();
  await ensureMongoServer(note, { cache, find });
  expect(mongoSource({ cache, find })).toMatchObject({ kind: 'java' });
  program('docker', '[ "$1 $2 $5" = "image ls mongo" ] && printf "mongo:<none>\\nmongo:7\\n"');
  expect(mongoSource({ cache, find })).toEqual({ kind: 'image', image: 'mongo:7' });
  const mongod = program('mongod', 'exit 1');
  expect(mongoSource({ cache, find })).toEqual({ kind: 'mongod', program: mongod });
  vi.stubEnv('GRADEPORT_TEST_MONGODB', 'mongodb://h');
  expect(mongoSource({ cache, find })).toEqual({ kind: 'given', url: 'mongodb://h' });
});

test('where a genuine one is, nothing is made', async () => {
  program('mongod', 'exit 1');
  expect(await ensureMongoServer(note, { cache, find })).toBe(false);
  expect(existsSync(cache)).toBe(false);
});

test('mongo-java-server is made once, also by two set-ups at the same time', async () => {
  compilers();
  const folders = await Promise.all([
    ensureJavaServer(cache, note, find),
    ensureJavaServer(cache, note, find),
  ]);
  const [folder = ''] = folders;
  expect(new Set(folders).size).toBe(1);
  expect(readdirSync(cache)).toHaveLength(1);
  expect(readdirSync(folder, { recursive: true }).toSorted()).toEqual([
    ...['classes', 'classes/A.class', 'lib', 'lib/a.jar', 'ready'],
  ]);
  expect(notes).toContain('Downloading a jar');
  program('mvn', 'exit 1');
  expect(await ensureJavaServer(cache, note, find)).toBe(folder);
});

test('what was only begun counts as nothing, and is replaced', async () => {
  compilers();
  program('javac', 'exit 1');
  expect(await ensureMongoServer(note, { cache, find })).toBe(false);
  expect(readdirSync(cache)).toEqual(['none.txt']);
  expect(whyNoMongoServer(cache)).toContain('javac cannot compile');
  mkdirSync(join(cache, 'gradeport-begun/made/lib'), { recursive: true });
  program('javac', JAVAC);
  expect(await ensureMongoServer(note, { cache, find })).toBe(true);
  expect(mongoSource({ cache, find })).toMatchObject({ kind: 'java' });
});

test('where none can be had, set-up says why and goes on, and the suites repeat it', async () => {
  compilers();
  program('mvn', 'echo "[INFO] busy"; echo "[ERROR] Unknown host"; exit 1');
  expect(await ensureMongoServer(note, { cache, find })).toBe(false);
  const why = 'the MongoDB suites are skipped: Maven cannot fetch mongo-java-server: Unknown host';
  expect(whyNoMongoServer(cache)).toBe(why);
  expect(said).toEqual([`  note: ${why}\n`]);
  program('mvn', MVN);
  await ensureMongoServer(note, { cache, find });
  expect(whyNoMongoServer(cache)).toBe('');
});

test('npm test makes sure of it', () => {
  expect(testSteps).toContain(mongoServerStep);
});
