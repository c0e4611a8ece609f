// Runs the set-up steps in order and reports on each, for people and for logs.
import process from 'node:process';
import { ProgressLine } from './progress-line.mjs';

/**
 * @typedef {(text: string) => void} Note Shows the current activity.
 * @typedef {object} Step
 * @property {string} title
 * @property {(note: Note) => Promise<boolean>} run Resolves to true if it changed something.
 */

/** A failure that the user can fix: one sentence, and the next command to type. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {string} next
   */
  constructor(message, next) {
    super(message);
    this.next = next;
  }
}

/** @param {unknown} error */
function explain(error) {
  const message = error instanceof Error ? error.message : String(error);
  const next =
    error instanceof SetupError ? error.next : 'npm start   (again; what is done already is skipped)';
  return `${message}\n  next: ${next}`;
}

/**
 * @param {Step} step
 * @param {string} prefix such as "[2/5]"
 */
async function runStep(step, prefix) {
  const startedMs = performance.now();
  const line = new ProgressLine(`${prefix} ${step.title} …`);
  try {
    const worked = await step.run((text) => line.show(text));
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    line.end(worked ? `✓ done in ${seconds} s` : '✓ already there');
  } catch (error) {
    line.end('✗ failed');
    throw error;
  }
}

/**
 * Runs the steps in order; the first failure ends the process with exit code 1.
 * @param {Step[]} steps
 */
export async function runSteps(steps) {
  for (const [index, step] of steps.entries()) {
    await runStep(step, `[${index + 1}/${steps.length}]`).catch(fail);
  }
}

/**
 * @param {unknown} error
 * @returns {never}
 */
export function fail(error) {
  process.stderr.write(`\n${explain(error)}\n`);
  process.exit(1);
}

/**
 * A hint that stays readable after the step: printed on a separate line.
 * @param {string} text
 */
export function hint(text) {
  ProgressLine.interrupt(`  note: ${text}`);
}
