/** The entry point of the server's image, with a program behind it that says as whom it runs. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_FOLDER } from '../../../server/config/config.ts';
import { buildTestImage } from './stand-ins.ts';

const SAYS = `console.log(JSON.stringify({
  uid: process.getuid(), gid: process.getgid(), groups: process.getgroups(), args: process.argv.slice(2),
  store: process.env.GRADEPORT_STORE, engine: process.env.DOCKER_HOST ?? null,
}));`;

export const buildEntry = (): Promise<string> =>
  buildTestImage('entry', async (folder) => {
    cpSync(join(PROJECT_FOLDER, 'node_modules/node/bin/node'), join(folder, 'node'));
    cpSync(join(PROJECT_FOLDER, 'deploy'), join(folder, 'gradeport/deploy'), { recursive: true });
    mkdirSync(join(folder, 'gradeport/bin'));
    writeFileSync(join(folder, 'gradeport/bin/gradeport.mjs'), SAYS);
    writeFileSync(join(folder, 'gradeport/package.json'), '{"type":"module"}');
    return `FROM gradeport/debian:12
COPY node /usr/local/bin/node
COPY gradeport /opt/gradeport
RUN install -d -m 0700 -o 10001 -g 10001 /data
ENTRYPOINT ["/opt/gradeport/deploy/gradeport.ts"]
`;
  });
