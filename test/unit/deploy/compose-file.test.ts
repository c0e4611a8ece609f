/** What docker-compose.yml promises, whatever Compose reads it: test/compose brings it up. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { PROJECT_FOLDER } from '../../../server/config/config.ts';

const read = (name: string) => readFileSync(join(PROJECT_FOLDER, name), 'utf8');
const text = read('docker-compose.yml');

const volumeSchema = z.object({ type: z.enum(['volume', 'bind']), source: z.string(), target: z.string() });
const serviceSchema = z.object({
  image: z.string(),
  restart: z.string(),
  read_only: z.boolean().optional(),
  security_opt: z.array(z.string()),
  logging: z.object({ driver: z.string(), options: z.record(z.string(), z.string()) }),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(volumeSchema).default([]),
  ports: z.array(z.string()).default([]),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  networks: z.array(z.string()),
  profiles: z.array(z.string()).default([]),
  mem_limit: z.string(),
  // No variable: version 1 hands a text on, which the engine refuses.
  pids_limit: z.int(),
  cap_drop: z.array(z.string()).default([]),
});
const file = z
  .object({ services: z.record(z.string(), serviceSchema), networks: z.record(z.string(), z.unknown()) })
  .parse(parse(text, { merge: true }));
const { server, mongo, proxy } = z
  .object({ server: serviceSchema, mongo: serviceSchema, proxy: serviceSchema })
  .parse(file.services);
const DEFAULTED = /^\$\{[A-Z_]+:-[^}]+\}$/;

describe.each(Object.entries(file.services))('the service %s', (_, service) => {
  test('has an image and limits that are variables with a default', () => {
    for (const value of [service.image, service.mem_limit]) expect(value).toMatch(DEFAULTED);
  });

  test('starts again after a crash, with logs that do not grow for ever', () => {
    expect(service.restart).toBe('unless-stopped');
    expect(service.logging.options).toEqual({
      'max-size': expect.any(String),
      'max-file': expect.any(String),
    });
    expect(service.security_opt).toContain('no-new-privileges:true');
  });

  test('publishes ports that are variables, and only such', () => {
    for (const port of service.ports) expect(port).toMatch(/^(\$\{[A-Z_]+:-[\d.]+\}:?)+(:\d+)?$/);
  });
});

test('of the machine the server sees the engine’s socket, and nothing else', () => {
  const binds = Object.values(file.services).flatMap(({ volumes }) =>
    volumes.filter(({ type }) => type === 'bind'),
  );
  expect(binds).toEqual([expect.objectContaining({ target: '/var/run/docker.sock' })]);
  expect(server.read_only).toBe(true);
  expect(server.cap_drop).toEqual(['ALL']);
});

test('each starts after what it needs answers, and only the server reaches the database', () => {
  expect(server.depends_on).toEqual({ mongo: { condition: 'service_healthy' } });
  expect(proxy.depends_on).toEqual({ server: { condition: 'service_healthy' } });
  expect(read('Dockerfile')).toMatch(/^HEALTHCHECK .*healthy\.ts/m);
  expect(mongo.healthcheck).toBeDefined();
  expect([mongo.networks, mongo.ports]).toEqual([['store'], []]);
  expect(proxy.networks).toEqual(['web']);
  expect(proxy.profiles).toEqual(['tls']);
});

test('secrets have no default, and none is in the image', () => {
  const secrets = ['MONGO_PASSWORD', 'GRADEPORT_METRICS_TOKEN', 'GRADEPORT_REGISTRY_KEY'];
  for (const name of secrets) expect(server.environment[name]).toBe(`\${${name}:-}`);
  expect(read('Dockerfile')).not.toMatch(/PASSWORD|TOKEN|SECRET/);
});

test('the image gets what the server runs on, and nothing else of the folder', () => {
  const [all, ...admitted] = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(all).toBe('*');
  expect(admitted.filter((line) => line.startsWith('!')).join(' ')).not.toMatch(
    /data|test|node_modules|\.git/,
  );
});

test('docs/compose.md explains every variable, and no other', () => {
  const used = [...`${text}${read('docker-compose.secrets.yml')}`.matchAll(/\$\{([A-Z_]+)/g)].map(
    ([, name]) => name,
  );
  const explained = [...read('docs/compose.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
  expect(explained.toSorted()).toEqual([...new Set(used)].toSorted());
});
