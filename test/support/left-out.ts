/** Test files that this machine cannot run, each with the reason: printed once, and left out of the run. */
import { whyNoChromium } from '../../setup/chromium.mjs';
import { whyNoRegistry } from '../../setup/registry.mjs';

const isRoot = process.getuid?.() === 0;
/** @param why what root gives, that a user cannot have */
const onlyRoot = (what: string, why: string) => (isRoot ? undefined : `${what} are skipped, because ${why}`);

/** docs/machines.md has the list in words. */
const NEEDS: { files: string[]; why: string | undefined }[] = [
  { files: ['test/browser/**'], why: whyNoChromium() },
  {
    files: ['test/containers/registry*.test.ts', 'test/browser/get-environment.test.ts'],
    why: whyNoRegistry(),
  },
  {
    files: ['test/engines/direct-*.test.ts'],
    why: onlyRoot('the tests of the direct way', 'only root may start a runtime'),
  },
  {
    files: [
      'test/containers/registry-interrupted.test.ts',
      'test/engines/run-network-runsc.test.ts',
      'test/engines/broken-engine.test.ts',
      'test/engines/other-systems.test.ts',
    ],
    why: onlyRoot('the tests with an engine of their own', 'only root may start one'),
  },
];

const missing = NEEDS.filter(({ why }) => why !== undefined);

/** Patterns for vitest. */
export const leftOut: string[] = missing.flatMap(({ files }) => files);

export const sayLeftOut = (): void => {
  for (const { why } of missing) console.warn(`${why}.`);
};
