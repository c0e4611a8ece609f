// Notices changes in files that a running server has loaded. Node's own --watch loses a file on Linux once an editor
// replaces it with a new one, because it watches files; this watches their folders.
import { readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { root } from './project.mjs';

const SOURCES = ['server', 'grading-api', 'web', 'bin'];
/** The server itself notices changes in these folders; the files of web/ that it loads are in others. */
const NOT_LOADED = /^web\/(?!messages|samples)|__pycache__/;
const LOADED = /\.(ts|mjs|json|py)$|^[\w-]+$/;
/** An editor that saves causes several events, a switch of branches many. */
const GATHER_MS = 200;

/**
 * @param {(file: string) => void} changed called once
 * @returns {() => void} stops watching
 */
export function onceSourceChanges(changed) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const watchers = foldersOf(SOURCES).map((folder) =>
    watch(join(root, folder), (_event, name) => {
      if (name === null || !LOADED.test(name) || name.startsWith('dist')) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        stop();
        changed(join(folder, name));
      }, GATHER_MS);
    }),
  );
  function stop() {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  }
  return stop;
}

/**
 * @param {string[]} folders
 * @returns {string[]} these folders and all folders in them, relative to the checkout
 */
function foldersOf(folders) {
  return folders.flatMap((folder) => {
    const inside = readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${folder}/${entry.name}`)
      .filter((path) => !NOT_LOADED.test(path));
    return [folder, ...foldersOf(inside)];
  });
}
