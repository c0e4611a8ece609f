import type { AttackCase, Group } from '../case.ts';
import { agentVoice } from './agent-voice.ts';
import { compile } from './compile.ts';
import { crossRun } from './cross-run.ts';
import { disk } from './disk.ts';
import { endless } from './endless.ts';
import { files } from './files.ts';
import { forging } from './forging.ts';
import { kernel } from './kernel.ts';
import { ledByLinks } from './led-by-links.ts';
import { memory } from './memory.ts';
import { network } from './network.ts';
import { output } from './output.ts';
import { processes } from './processes.ts';
import { reading } from './reading.ts';
import { rights } from './rights.ts';
import { root } from './root.ts';
import { rootAgent } from './root-agent.ts';
import { sharedCounts } from './shared-counts.ts';
import { socketBuffers } from './socket-buffers.ts';
import { systemCalls } from './system-calls.ts';
import { uploads } from './uploads.ts';

export const ATTACKS: Readonly<Record<Group, readonly AttackCase[]>> = {
  processes: [...processes, ...endless],
  memory: [...memory, ...socketBuffers],
  disk,
  output,
  'files and links': [...files, ...ledByLinks],
  forging: [...forging, ...agentVoice],
  reading,
  kernel: [...kernel, ...systemCalls, ...rights],
  network,
  'cross-run': [...crossRun, ...sharedCounts],
  compile,
  uploads,
  'root inside': [...root, ...rootAgent],
};
