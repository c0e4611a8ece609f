/** npm run hops: the three paths, hop by hop, and what they may cost at most. */
import { entered, type Flow, faultsOf, MOST, readFlows } from './flows.ts';

function print(flow: Flow): void {
  const most = MOST[flow.name];
  const files = new Set(entered(flow)).size;
  console.log(`\n${flow.title}: ${flow.hops.length} functions in ${files} files`);
  if (most) console.log(`at most ${most.functions} functions in ${most.files} files\n`);
  for (const [at, { file, function: name, through }] of flow.hops.entries()) {
    const handed = through ? `  (through ${through})` : '';
    console.log(`${String(at + 1).padStart(3)}  ${name.padEnd(24)} ${file}${handed}`);
  }
  for (const fault of faultsOf(flow)) console.error(`not so: ${fault}`);
}

for (const flow of readFlows()) print(flow);
