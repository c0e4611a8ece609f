/** An engine behind TCP with TLS: everything that commands and grading need of it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../server/adapters/open-engine.ts';
import { containersContract } from '../contract/containers.contract.ts';
import { imagesContract } from '../contract/images.contract.ts';
import { makeAuthority } from '../support/engine-address/certificates.ts';
import { doorAt } from '../support/engine-address/door-at.ts';
import { openTlsEngine, type TlsEngine } from '../support/engine-address/tls-engine.ts';
import { expectListedAndGraded } from '../support/engine-address/uses-engine.ts';
import { cli } from '../support/processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradeport-by-tls-'));
let engine: TlsEngine;
let env: { DOCKER_HOST: string; DOCKER_TLS_VERIFY: string; DOCKER_CERT_PATH: string };
beforeAll(async () => {
  const authority = await makeAuthority(join(folder, 'authority'));
  engine = await openTlsEngine(await authority.sign('engine'));
  env = {
    DOCKER_HOST: engine.host,
    DOCKER_TLS_VERIFY: '1',
    DOCKER_CERT_PATH: await authority.sign('client'),
  };
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});
const at = ['--data', join(folder, 'data')];

describe('by TLS', () => {
  containersContract('by TLS', () => openEngine('engine', doorAt(env)));
  imagesContract('by TLS', () => openEngine('engine', doorAt(env)));

  test('commands list environments and grade', async () => {
    const before = engine.connections();
    await expectListedAndGraded(env, at);
    expect(engine.connections()).toBeGreaterThan(before);
  });

  test('the doctor says where the engine is, from where it knows, and how far away it is', async () => {
    const { stdout } = await cli(['doctor', '--json', ...at], { env: { ...env, GRADEPORT_PORT: '0' } });
    const checks = JSON.parse(stdout) as { check: string; state: string; sentence: string }[];
    expect(checks.find(({ check }) => check === 'engine address')?.sentence).toMatch(
      /^tcp:\/\/127\.0\.0\.1:\d+ with TLS, from: DOCKER_HOST\. It answers in \d/,
    );
    expect(checks.filter(({ check, state }) => check.startsWith('runtime') && state === 'fail')).toEqual([]);
  });

  test('an engine that wants another certificate ends a command with 5 and a sentence', async () => {
    const { code, stderr } = await cli(['env', 'list', ...at], {
      env: { ...env, DOCKER_TLS_VERIFY: '', DOCKER_TLS: '' },
    });
    expect(code).toBe(5);
    expect(stderr).toMatch(/expects TLS|may expect TLS/);
    expect(stderr).toContain('DOCKER_TLS_VERIFY=1');
  });
});
