// What the set-up needs to know about the machine.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

const isRoot = () => process.getuid?.() === 0;

/** True when systemd manages the services (the test that sd_booted(3) documents). */
export const hasSystemd = () => existsSync('/run/systemd/system');

/**
 * @param {string} path
 * @returns {string} its text, or nothing when it cannot be read
 */
export function readOr(path, otherwise = '') {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}

/**
 * @param {string} text of an os-release(5)
 * @returns {Record<string, string>}
 */
export function osRelease(text = readOr('/etc/os-release')) {
  const lines = text.split('\n');
  return Object.fromEntries(
    lines.map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1).replaceAll('"', '')]),
  );
}

/** "debian", "ubuntu" (or a derivative of them), else undefined. */
function distribution() {
  const { ID = '', ID_LIKE = '' } = osRelease();
  const names = [ID, ...ID_LIKE.split(' ')];
  return ['ubuntu', 'debian'].find((name) => names.includes(name));
}

/** Whether the set-up may install packages. */
export const canInstall = () => isRoot() && distribution() !== undefined && which('apt-get') !== undefined;

/**
 * @param {string} command
 * @returns {string | undefined} its full path
 */
export function which(command) {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...(process.platform === 'win32' ? [] : ['/usr/local/bin', '/usr/sbin', '/usr/bin']),
  ];
  // Windows finds a program by its ending, and knows no right to execute.
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  return folders
    .flatMap((folder) => endings.map((ending) => join(folder, command + ending)))
    .find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The name of a running process ("" when there is none): a pid file proves nothing, because pids are reused.
 * @param {number} pid
 */
export function processName(pid) {
  // "pid (name) state …"; Z is a dead process that its parent has not reaped yet.
  const [, name = '', state] = readOr(`/proc/${pid}/stat`).match(/^\d+ \((.*)\) (\S)/s) ?? [];
  return state === 'Z' ? '' : name;
}
