import type { AttackCase, Group } from '../case.ts';
import { compile } from './compile.ts';
import { crossRun } from './cross-run.ts';
import { disk } from './disk.ts';
import { files } from './files.ts';
import { forging } from './forging.ts';
import { kernel } from './kernel.ts';
import { memory } from './memory.ts';
import { network } from './network.ts';
import { output } from './output.ts';
import { processes } from './processes.ts';
import { reading } from './reading.ts';
import { root } from './root.ts';
import { uploads } from './uploads.ts';

export const ATTACKS: Readonly<Record<Group, readonly AttackCase[]>> = {
  processes,
  memory,
  disk,
  output,
  'files and links': files,
  forging,
  reading,
  kernel,
  network,
  'cross-run': crossRun,
  compile,
  uploads,
  'root inside': root,
};
