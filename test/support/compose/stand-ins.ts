/**
 * Images for machines without a registry, all built on the Debian that set-up made: one with this machine's Node and its way
 * to the registry of packages, the tests' MongoDB server, and Debian's Caddy.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PROJECT_FOLDER } from '../../../server/config/config.ts';
import { ensureJavaServer, javaServerIn } from '../../../setup/mongo-java-server.mjs';
import { mongoSource } from '../../../setup/mongo-server.mjs';
import { mustRun, tryRun } from './run.ts';

const BASE = 'gradeport/debian:12';
const CACHE = join(PROJECT_FOLDER, 'node_modules/.cache/gradeport-mongo');
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
/** Found with jdeps: what mongo-java-server, H2 and Netty use. */
const JAVA_MODULES =
  'java.base,java.compiler,java.logging,java.management,java.naming,java.sql,jdk.unsupported';

/** npm would leave a cache of its own code in the temporary folder. */
const UNCACHED = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' };

/** Its name ends with the id of this process, so that other test runs know whose it is. */
export const testImage = (what: string): string => `gradeport-test-${process.pid}-${what}:latest`;

export async function buildTestImage(
  what: string,
  fill: (folder: string) => Promise<string>,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), `gradeport-${what}-`));
  try {
    writeFileSync(join(folder, 'Dockerfile'), await fill(folder));
    await mustRun('docker', ['build', '--quiet', '--tag', testImage(what), folder]);
    return testImage(what);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Node, npm, and what this machine's npm needs to reach its registry. */
export const buildNode = (): Promise<string> =>
  buildTestImage('node', async (folder) => {
    cpSync(join(PROJECT_FOLDER, 'node_modules/node/bin/node'), join(folder, 'node'));
    const npmSays = async (...args: string[]) => (await mustRun('npm', args, { env: UNCACHED })).trim();
    const npm = join(await npmSays('root', '--global'), 'npm');
    cpSync(realpathSync(npm), join(folder, 'npm'), { recursive: true });
    mkdirSync(join(folder, 'etc'));
    const lines = [`registry=${await npmSays('config', 'get', 'registry')}`];
    if (existsSync(CERTIFICATES)) {
      cpSync(CERTIFICATES, join(folder, 'etc/ca.crt'), { dereference: true });
      lines.push('cafile=/etc/way-out/ca.crt');
    }
    writeFileSync(join(folder, 'etc/npmrc'), `${lines.join('\n')}\n`);
    return `FROM ${BASE}
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY etc /etc/way-out
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
ENV NPM_CONFIG_GLOBALCONFIG=/etc/way-out/npmrc NODE_EXTRA_CA_CERTS=/etc/way-out/ca.crt
`;
  });

/** A genuine one where the engine has it. */
export async function mongoImage(): Promise<string> {
  const source = mongoSource();
  if (source?.kind === 'image') return source.image;
  return buildTestImage('mongo', async (folder) => {
    const server = javaServerIn(CACHE) ?? (await ensureJavaServer(CACHE, () => {}));
    for (const part of ['lib', 'classes'])
      cpSync(join(server, part), join(folder, 'server', part), { recursive: true });
    const jlink = join(dirname(realpathSync('/usr/bin/javac')), 'jlink');
    const options = ['--strip-java-debug-attributes', '--no-man-pages', '--no-header-files', '--compress=2'];
    await mustRun(jlink, ['--add-modules', JAVA_MODULES, ...options, '--output', join(folder, 'java')]);
    return `FROM ${BASE}
COPY java /opt/java
COPY server /opt/server
ENTRYPOINT ["/opt/java/bin/java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", "/opt/server/classes:/opt/server/lib/*", "MongoServerForTests", "27017", "/data/db/data", "0.0.0.0"]
`;
  });
}

/** Debian's Caddy, with the folders that the image of Caddy's makers has. */
export const buildProxy = (): Promise<string> =>
  buildTestImage(
    'proxy',
    async () => `FROM ${BASE}
RUN apt-get update && apt-get install -y --no-install-recommends caddy netcat-openbsd && rm -rf /var/lib/apt/lists/*
ENV XDG_DATA_HOME=/data XDG_CONFIG_HOME=/config
`,
  );

export async function removeImages(...images: readonly string[]): Promise<void> {
  const ours = images.filter((image) => image.startsWith('gradeport-test-'));
  if (ours.length > 0) await tryRun('docker', ['image', 'rm', '--force', ...ours]);
  // The first stage of the server's image has no name.
  await tryRun('docker', ['image', 'prune', '--force', '--filter', 'label=org.gradeport.stage=build']);
}
