/** Scripts, styles and pictures: the same for all users, and cached by browsers. */
import { basename, join } from 'node:path';
import express, { type RequestHandler } from 'express';

/** Files whose name contains a hash of their content. */
const HASHED = /^chunk-[A-Z0-9]{8}\.js$/;

export function assets(webFolder: string): RequestHandler[] {
  return ['dist', 'public'].map((folder) =>
    express.static(join(webFolder, folder), {
      index: false,
      redirect: false,
      dotfiles: 'ignore',
      setHeaders(res, path) {
        const forEver = HASHED.test(basename(path));
        // "no-cache" means: the browser asks whether the file changed.
        res.setHeader('Cache-Control', forEver ? 'public, max-age=31536000, immutable' : 'public, no-cache');
      },
    }),
  );
}
