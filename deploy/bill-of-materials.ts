#!/usr/bin/env node
/** Prints the bill of materials of this checkout, of this machine's Debian packages (--here), and of images by name. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { billOf, DPKG_FORMAT, debianComponents, npmComponents } from './bill.ts';

const readJson = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
const { version } = z.object({ version: z.string() }).parse(readJson('package.json'));

/** An image may be a teacher's: it gets nothing but its own files. */
const BOX = [
  '--network=none',
  '--read-only',
  '--cap-drop=ALL',
  '--user=65534',
  '--pids-limit=64',
  '--memory=256m',
];

const ask = (command: string, args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000 });

function packagesOf(image: string): string {
  if (image === '--here') return ask('dpkg-query', ['-W', '-f', DPKG_FORMAT]);
  const box = ['run', '--rm', ...BOX, '--entrypoint=dpkg-query'];
  return ask('docker', [...box, image, '-W', '-f', DPKG_FORMAT]);
}

const debian = process.argv.slice(2).flatMap((image) => {
  try {
    return debianComponents(packagesOf(image), image === '--here' ? 'this machine' : image);
  } catch {
    console.error(
      `bill of materials: ${image} has no dpkg-query, or is not there; its packages are left out`,
    );
    process.exitCode = 1;
    return [];
  }
});
console.log(
  JSON.stringify(billOf(version, [...npmComponents(readJson('package-lock.json')), ...debian]), null, 1),
);
