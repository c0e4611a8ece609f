/** Test files that this machine cannot run, each with the reason: printed once, and left out of the run. */
import { whyNoChromium } from '../../setup/chromium.mjs';
import { whyNoRegistry } from '../../setup/registry.mjs';

const NEEDS: { files: string[]; why: string | undefined }[] = [
  { files: ['test/browser/**'], why: whyNoChromium() },
  {
    files: ['test/containers/registry*.test.ts', 'test/browser/get-environment.test.ts'],
    why: whyNoRegistry(),
  },
];

const missing = NEEDS.filter(({ why }) => why !== undefined);

/** Patterns for vitest. */
export const leftOut: string[] = missing.flatMap(({ files }) => files);

export const sayLeftOut = (): void => {
  for (const { why } of missing) console.warn(`${why}.`);
};
