// What must exist before any test runs.
import { baseImageStep } from './base-image.mjs';
import { chromiumStep } from './chromium.mjs';
import { composeStep } from './compose.mjs';
import { dependenciesStep } from './dependencies.mjs';
import { engineStep } from './engine.mjs';
import { mongoServerStep } from './mongo-server.mjs';
import { registryStep } from './registry.mjs';
import { shellsStep } from './shells.mjs';
import { sshServerStep } from './ssh-server.mjs';

/** @type {import('./steps.mjs').Step[]} */
export const testSteps = [
  dependenciesStep,
  engineStep,
  baseImageStep,
  chromiumStep,
  registryStep,
  shellsStep,
  sshServerStep,
  mongoServerStep,
  composeStep,
];
