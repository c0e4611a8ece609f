import { colors, talk } from '../ui/terminal.ts';

/** Reports a step of a start. what null: there was nothing to do. */
export const done = (step: string, what: string | null): void =>
  talk(`${colors.green('✓')} ${step}${what === null ? colors.dim(' already there') : `: ${what}`}`);
