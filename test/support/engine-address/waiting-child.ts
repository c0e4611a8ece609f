/** A process with a container that waits on an engine behind ssh, for tests that kill it. Prints the container's id. */
import { openEngine } from '../../../server/adapters/open-engine.ts';
import { INSTANCE_LABEL } from '../../../server/ports/engine/container-labels.ts';
import { specWith } from '../execution/policy-table.ts';

const engine = openEngine('engine');
const image = (await engine.images.inspect('gradeport/base:latest'))?.id ?? '';
const spec = {
  ...specWith({ mounts: [] }),
  image,
  runtime: 'runc',
  command: ['/bin/sh', '-c', 'read -r word'],
  labels: { [INSTANCE_LABEL]: `test:${process.pid}` },
};
const { id, ended } = await engine.containers.start(spec, { stdout: () => {}, stderr: () => {} });
console.log(id);
await ended;
