/** An engine behind TLS: what goes wrong has a sentence of its own, and no key is ever shown. */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chooseAddress } from '../../../../server/adapters/engine-address/choose-address.mjs';
import { openDoor } from '../../../../server/adapters/engine-address/engine-door.mjs';
import { pingMs } from '../../../../server/adapters/engine-address/ping.mjs';
import { type Authority, makeAuthority } from '../../../support/engine-address/certificates.ts';
import { listenOn } from '../../../support/engine-address/listen-on.ts';
import { openTlsEngine } from '../../../support/engine-address/tls-engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-tls-'));
const stack = new AsyncDisposableStack();
stack.defer(() => rmSync(folder, { recursive: true }));
afterAll(() => stack.disposeAsync());

const answers = http.createServer((_request, response) => response.end('OK'));
let ours: Authority;
let others: Authority;
let plain = '';
/** Names of certificates → their address. */
const hosts = new Map<string, string>();

const SERVERS = [
  ['fine', {}],
  ['expired', { days: -1 }],
  ['of-another-name', { names: 'DNS:engine.example.org' }],
] as const;

beforeAll(async () => {
  [ours, others] = await Promise.all([
    makeAuthority(join(folder, 'ours')),
    makeAuthority(join(folder, 'others')),
  ]);
  for (const [name, options] of SERVERS) {
    const engine = await openTlsEngine(await ours.sign(name, options), (client) =>
      answers.emit('connection', client),
    );
    stack.defer(engine.close);
    hosts.set(name, engine.host);
  }
  const { port, close } = await listenOn(http.createServer((_request, response) => response.end('OK')));
  stack.defer(close);
  plain = `tcp://127.0.0.1:${port}`;
});

async function ask(env: Record<string, string>): Promise<string> {
  const machine = { env, home: folder, uid: 1000, platform: process.platform, isSocket: () => false };
  const door = openDoor(() => chooseAddress(machine));
  try {
    await pingMs(door);
    return 'answers';
  } catch (error) {
    const fault = door.faultOf(error);
    return fault ? `${fault.message} → ${fault.next}` : String(error);
  } finally {
    door.agent.destroy();
  }
}
const verified = (host: string | undefined, certificates: string) =>
  ask({ DOCKER_HOST: host ?? '', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates });

test('an engine is reached with a certificate of the same authority', async () => {
  expect(await verified(hosts.get('fine'), await ours.sign('client'))).toBe('answers');
});

test('a context brings its own certificates, or says that none are checked', async () => {
  const id = createHash('sha256').update('lab').digest('hex');
  const metaFile = join(folder, '.docker/contexts/meta', id, 'meta.json');
  const files = join(folder, '.docker/contexts/tls', id, 'docker');
  const context = (more: object) => {
    mkdirSync(join(metaFile, '..'), { recursive: true });
    const docker = { Host: hosts.get('of-another-name'), ...more };
    writeFileSync(metaFile, JSON.stringify({ Name: 'lab', Endpoints: { docker } }));
  };
  const env = { DOCKER_CONTEXT: 'lab' };
  context({});
  expect(await ask(env)).toMatch(
    /\(the context "lab" \(DOCKER_CONTEXT\)\).* expects? TLS\. → Make the context again with ca/,
  );
  cpSync(await ours.sign('of-context'), files, { recursive: true });
  expect(await ask(env)).toMatch(/is not for 127\.0\.0\.1/);
  context({ SkipTLSVerify: true });
  expect(await ask(env)).toBe('answers');
});

describe('the way there fails with a sentence', () => {
  test('when the engine shows an expired certificate, or one of another name', async () => {
    const client = await ours.sign('client-2');
    expect(await verified(hosts.get('expired'), client)).toMatch(
      /certificate of tcp:.* has expired.* → Give/,
    );
    expect(await verified(hosts.get('of-another-name'), client)).toMatch(
      /is not for 127\.0\.0\.1.* → Use a name/,
    );
  });

  test('when another authority signed one side or the other', async () => {
    const trusting = await ours.sign('trusts-another', { trusts: others });
    expect(await verified(hosts.get('fine'), trusting)).toMatch(
      /was signed by another authority than ca\.pem has\. → Put the authority .*trusts-another/,
    );
    const foreign = await others.sign('foreign', { trusts: ours });
    expect(await verified(hosts.get('fine'), foreign)).toMatch(/refused the client certificate/);
  });

  test('when the client has none, or its own has expired', async () => {
    const client = await ours.sign('old-client', { days: -1 });
    expect(await verified(hosts.get('fine'), client)).toMatch(
      /it expired on \d{4}-\d\d-\d\d\. → Renew .*old-client/,
    );
    rmSync(join(client, 'cert.pem'));
    rmSync(join(client, 'key.pem'));
    expect(await verified(hosts.get('fine'), client)).toMatch(
      /wants a client certificate\. → Put cert\.pem and key\.pem/,
    );
  });

  test('when one side speaks TLS and the other does not', async () => {
    expect(await verified(plain, await ours.sign('client-3'))).toMatch(
      /speaks no TLS.* → Let the engine use TLS/,
    );
    expect(await ask({ DOCKER_HOST: hosts.get('fine') ?? '' })).toMatch(
      /expect(s|) TLS\. → Set DOCKER_TLS_VERIFY=1/,
    );
  });
});

describe('files that cannot be right are refused before they are used', () => {
  const NOWHERE = 'tcp://127.0.0.1:9';
  test('a key of another certificate, and a certificate without a key', async () => {
    const [one, two] = [await ours.sign('one'), await ours.sign('two')];
    writeFileSync(join(one, 'key.pem'), readFileSync(join(two, 'key.pem')));
    expect(await verified(NOWHERE, one)).toContain(`${one}/key.pem does not belong to ${one}/cert.pem.`);
    rmSync(join(two, 'key.pem'));
    expect(await verified(NOWHERE, two)).toContain(`${two} has cert.pem, but no key.pem.`);
  });

  test('what is no certificate or key, of which nothing is repeated', async () => {
    const client = await ours.sign('damaged');
    writeFileSync(
      join(client, 'key.pem'),
      '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n',
    );
    const said = await verified(NOWHERE, client);
    expect(said).toContain(`${client}/key.pem is no key in PEM form.`);
    expect(said).not.toContain('c2VjcmV0');
    writeFileSync(join(client, 'key.pem'), '-----BEGIN ENCRYPTED PRIVATE KEY-----\n');
    expect(await verified(NOWHERE, client)).toContain('needs a passphrase');
    writeFileSync(join(client, 'ca.pem'), 'hello');
    expect(await verified(NOWHERE, client)).toContain(`${client}/ca.pem is no certificate in PEM form.`);
  });
});
