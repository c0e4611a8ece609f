/** What learning platforms do: sign a launch, and take grades. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { baseString, type Pair, signatureOf } from '../../../server/lti/oauth.ts';

export type Launch = {
  url: string;
  key?: string;
  secret?: string;
  atMs: number;
  /** undefined takes a parameter away. */
  change?: Record<string, string | undefined>;
};

let launches = 0;

export function signedLaunch({
  url,
  key = 'moodle',
  secret = 's3cret words',
  atMs,
  change = {},
}: Launch): string {
  launches += 1;
  const all: Record<string, string | undefined> = {
    lti_message_type: 'basic-lti-launch-request',
    lti_version: 'LTI-1p0',
    resource_link_id: 'r1',
    user_id: '42',
    roles: 'Learner,urn:lti:role:ims/lis/Learner',
    lis_person_name_full: 'Zoë Ångström',
    lis_person_contact_email_primary: 'zoe@uni.example',
    context_title: 'Algorithms & co',
    context_label: 'ALG',
    tool_consumer_instance_guid: 'lms.uni.example',
    tool_consumer_instance_name: 'Uni',
    oauth_consumer_key: key,
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(Math.floor(atMs / 1000)),
    oauth_nonce: `nonce-${launches}`,
    oauth_version: '1.0',
    oauth_callback: 'about:blank',
    ...change,
  };
  const pairs = Object.entries(all).flatMap(([name, value]): Pair[] =>
    value === undefined ? [] : [[name, value]],
  );
  const { origin, pathname, searchParams } = new URL(url);
  const base = baseString('POST', { origin, path: pathname }, [...pairs, ...searchParams]);
  const signed: Pair[] = [...pairs, ['oauth_signature', signatureOf(base, secret)]];
  return new URLSearchParams(signed.map(([name, value]): [string, string] => [name, value])).toString();
}

const TAKEN = '<r><imsx_codeMajor>success</imsx_codeMajor></r>';
type TakenGrade = { headers: IncomingMessage['headers']; path: string; body: string };

/** A learning platform's gradebook on a real port. It sends the answers that a test sets; after them, that it took the grade. */
export async function openGradebook() {
  const received: TakenGrade[] = [];
  const answers: { status: number; body: string; headers?: Record<string, string> }[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers, path: request.url ?? '', body: await text(request) });
    const { status, body, headers } = answers.shift() ?? { status: 200, body: TAKEN, headers: {} };
    response.writeHead(status, headers).end(body);
    for (const tell of waiting.splice(0)) tell();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    received,
    answers,
    host: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}/outcome?course=7`,
    async until(count: number): Promise<void> {
      while (received.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
