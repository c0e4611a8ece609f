/** Stands between the driver and a MongoDB server and does what a test says: errors, cuts, delays, other versions. */
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { makeCertificate } from './certificate.ts';
import type { MongoServer } from './mongo-server.ts';
import { relay } from './proxy-connection.ts';
import { openDoor } from './proxy-door.ts';
import type { Rule } from './proxy-rules.ts';
import { createScript } from './proxy-script.ts';
import { freshDatabase } from './server.ts';
import type { Body } from './wire.ts';

export type { Rule } from './proxy-rules.ts';

export type MongoProxy = {
  /** "127.0.0.1:" and its port, as a member of a replica set names itself. */
  readonly host: string;
  /** The file of its certificate, for tlsCAFile; null without TLS. */
  readonly caFile: string | null;
  /** The server's connection string for this database, through the proxy. */
  url(database: string): string;
  /** Adds a rule; the newest that applies to a command counts. Returns what takes it away. */
  rule(rule: Rule): () => void;
  /** Changes answers to hello from now on; undefined takes a field out, {} ends all changes. */
  hello(overrides: Body): void;
  /** True: ends all connections and takes no new ones. */
  refuse(on: boolean): Promise<void>;
  /** Ends all connections; new ones are taken. */
  drop(): void;
  /** How many requests clients sent, by command. */
  counts(): Map<string, number>;
  /** Resolves to the next request with this command. */
  next(command: string): Promise<Body>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** @param options tls: with a certificate for 127.0.0.1, or for other names, such as "DNS:elsewhere" */
export async function openMongoProxy(
  server: Pick<MongoServer, 'url'>,
  options: { tls?: boolean | { names: string } } = {},
): Promise<MongoProxy> {
  const target = targetOf(server);
  const names = typeof options.tls === 'object' ? options.tls.names : 'IP:127.0.0.1,DNS:localhost';
  const certificate = options.tls ? await makeCertificate(names) : null;
  const { script, setHello, counts, next } = createScript();
  const door = await openDoor(certificate, (client) => relay(client, connect(target), script));
  const host = `127.0.0.1:${door.port}`;
  return {
    host,
    caFile: certificate?.file ?? null,
    url: (database) => throughProxy(server.url(database), host, certificate !== null),
    rule: (rule) => script.rules.add(rule),
    hello: setHello,
    refuse: door.refuse,
    drop: door.drop,
    counts,
    next,
    async [Symbol.asyncDispose]() {
      await door.refuse(true);
      await certificate?.remove();
    },
  };
}

/**
 * A proxy that goes after everything that the test opens later. A store whose server is away cannot give up its lock, and
 * asks for two seconds before it closes.
 */
export async function proxyOfTest(server: Pick<MongoServer, 'url'>): Promise<MongoProxy> {
  const proxy = await openMongoProxy(server);
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  return proxy;
}

function targetOf(server: Pick<MongoServer, 'url'>): { host: string; port: number } {
  const url = server.url(freshDatabase());
  if (!URL.canParse(url)) throw new Error('the proxy needs a single server behind it');
  const { protocol, hostname, port, searchParams } = new URL(url);
  const isPlain = protocol === 'mongodb:' && !searchParams.has('tls') && !searchParams.has('ssl');
  if (!isPlain) throw new Error('the proxy needs a server without TLS behind it');
  return { host: hostname, port: Number(port || 27017) };
}

function throughProxy(serverUrl: string, host: string, withTls: boolean): string {
  const url = new URL(serverUrl);
  url.host = host;
  // The members of a replica set would name themselves, and the driver would go past the proxy.
  if (url.searchParams.has('replicaSet')) url.searchParams.set('directConnection', 'true');
  url.searchParams.delete('replicaSet');
  if (withTls) url.searchParams.set('tls', 'true');
  return url.href;
}
