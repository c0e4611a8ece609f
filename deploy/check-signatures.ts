#!/usr/bin/env node
/**
 * Checks the signatures that a registry made for the installed packages, where it offers any: npm run signatures.
 * Without --required, a registry without signatures, or a network without the keys, is said and is no failure.
 */
import { spawnSync } from 'node:child_process';

const TIMEOUT_MS = 5 * 60_000;
/** What npm says where there is nothing to check with. */
const NOT_OFFERED =
  /no dependencies to audit that were installed from a supported registry|found no installed dependencies to audit|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|E404/;
/** Never excused, whatever else npm says. */
const WRONG = /invalid (registry )?signature|missing (registry )?signature|EINTEGRITY/i;

type Judgement = 'signed' | 'not-offered' | 'wrong';

/** @param status of npm; null: it was ended because it took too long */
export function judgeSignatures(status: number | null, output: string): Judgement {
  if (WRONG.test(output)) return 'wrong';
  if (status === 0) return 'signed';
  return status === null || NOT_OFFERED.test(output) ? 'not-offered' : 'wrong';
}

function main(isRequired: boolean): number {
  const { status, stdout, stderr } = spawnSync(
    'npm',
    ['audit', 'signatures', '--loglevel=error', '--fetch-retries=1'],
    {
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const output = `${stdout}${stderr}`;
  const judged = judgeSignatures(status, output);
  if (judged === 'not-offered') {
    console.error('Signatures of packages were not checked: this registry or network does not offer them.');
    return isRequired ? 1 : 0;
  }
  console.error(output.trim());
  return judged === 'signed' ? 0 : 1;
}

if (import.meta.main) process.exitCode = main(process.argv.includes('--required'));
