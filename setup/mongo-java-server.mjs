// The MongoDB server for tests on machines without a genuine one: mongo-java-server, compiled once.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from './apt.mjs';
import { canInstall, which } from './machine.mjs';
import { root } from './project.mjs';
import { run } from './run.mjs';
import { SetupError } from './steps.mjs';
import { withTempFolder } from './temp-folder.mjs';

const SOURCES = join(root, 'test/support/mongo/java-server');
const CLASS_FILE = 'MongoServerForTests.java';
const PROGRAMS = ['java', 'javac', 'mvn'];
const PACKAGES = ['default-jdk-headless', 'maven'];

/**
 * Where the jars (lib) and our class (classes) are kept.
 * @param {string} cache
 */
function folderIn(cache) {
  const hash = createHash('sha256');
  for (const name of ['pom.xml', CLASS_FILE]) hash.update(readFileSync(join(SOURCES, name)));
  return join(cache, `java-server-${hash.digest('hex').slice(0, 12)}`);
}

/** @param {string} folder */
const isReady = (folder) => existsSync(join(folder, 'ready'));

/**
 * @param {string} cache
 * @returns {string | undefined} the folder of the server when it can be started
 */
export function javaServerIn(cache) {
  const folder = folderIn(cache);
  return isReady(folder) && which('java') ? folder : undefined;
}

/**
 * @param {string} cache
 * @param {import('./steps.mjs').Note} note
 * @returns {Promise<string>} its folder
 */
export async function ensureJavaServer(cache, note, find = which) {
  await ensurePrograms(note, find);
  const folder = folderIn(cache);
  if (isReady(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  await withTempFolder((temporary) => make(join(temporary, 'made'), folder, note), cache);
  return folder;
}

/**
 * @param {import('./steps.mjs').Note} note
 * @param {typeof which} find
 */
async function ensurePrograms(note, find) {
  const missing = () => PROGRAMS.filter((program) => !find(program));
  if (missing().length > 0 && canInstall()) await installPackages(PACKAGES, note);
  if (missing().length === 0) return;
  const why = `there is no mongod, and no ${missing().join(' and no ')} for a server in its place`;
  throw new SetupError(why, 'GRADEPORT_TEST_MONGODB=mongodb://… npm test');
}

/**
 * @param {string} made
 * @param {string} folder its final place, filled by one rename: another set-up may run at the same time
 * @param {import('./steps.mjs').Note} note
 */
async function make(made, folder, note) {
  const library = join(made, 'lib');
  note('Maven fetches mongo-java-server');
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${library}`];
  const options = ['-B', '--strict-checksums', '-f', join(SOURCES, 'pom.xml')];
  await run('mvn', [...options, ...goal], { note }).catch((error) => {
    throw new SetupError(`Maven cannot fetch mongo-java-server${mavenReason(error)}`, error.next);
  });
  note('compiling');
  const classes = ['-cp', `${library}/*`, '-d', join(made, 'classes')];
  await run('javac', [...classes, join(SOURCES, CLASS_FILE)], { note }).catch((error) => {
    throw new SetupError(
      'javac cannot compile the server for tests, which needs Java 17 or later',
      error.next,
    );
  });
  writeFileSync(join(made, 'ready'), '');
  moveUnlessThere(made, folder);
}

/** @param {Error} error */
function mavenReason({ message }) {
  const line = message.split('\n').find((text) => text.includes('[ERROR]'));
  return line ? `: ${line.replace('[ERROR]', '').trim()}` : '';
}

/**
 * @param {string} from
 * @param {string} to
 */
function moveUnlessThere(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!isReady(to)) throw error;
  }
}
