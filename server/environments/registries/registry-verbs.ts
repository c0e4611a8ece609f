/** What operators do with registries: inspect, search, pull, push, and manage logins. */
import { z } from 'zod';
import { longVerb } from '../../jobs/long-verb.ts';
import { verb } from '../../model/verb.ts';
import { type Actor, can, signature } from '../../rules/access.ts';
import { refuse } from '../../rules/problems.ts';
import type { Credentials } from './credentials.ts';
import { findSchema, lookedSchema, pulledSchema, pushedSchema, registrySchema } from './image-schemas.ts';
import { look } from './look-at-image.ts';
import { pull, pulledSentence } from './pull.ts';
import { push } from './push.ts';
import { search } from './search.ts';
import type { SharingDeps } from './sharing-deps.ts';

export type ImageDeps = { sharing: SharingDeps };
export type CredentialDeps = { credentials: Credentials };

/** For operators only: imported images grade, and passwords are sent to registries. */
export function mayShare(who: Actor): void {
  if (!can(who, 'operate', null)) refuse('registries-are-for-operators', {});
}

const reference = z.string().max(600);
const stopped = z.instanceof(AbortSignal).optional();

/** What an image is, before it is downloaded. */
export const lookAtImage = verb({
  input: z.strictObject({ reference, stopped }),
  output: lookedSchema,
  refuses: [],
  may: mayShare,
  run: ({ sharing }: ImageDeps, _who: Actor, given) => look(sharing, given.reference, given.stopped),
});

export const searchImages = verb({
  input: z.strictObject({ words: z.string().max(600), stopped }),
  output: z.array(findSchema),
  refuses: [],
  may: mayShare,
  run: ({ sharing }: ImageDeps, _who: Actor, given) => search(sharing, given.words, given.stopped),
});

export const pullImage = longVerb({
  /** any: even if it is not an environment. expected: the digest that the user inspected; another one is refused. */
  input: z.strictObject({
    reference,
    any: z.boolean().default(false),
    expected: z.string().max(100).nullable().default(null),
  }),
  output: pulledSchema,
  refuses: [],
  may: mayShare,
  begin: ({ sharing }: ImageDeps, who: Actor, wanted) => ({
    about: { kind: 'pull', title: `Pull ${wanted.reference}` },
    run: (news, stop) => pull(sharing, { ...wanted, by: signature(who) }, news, stop),
    result: (pulled) => ({
      sentence: pulledSentence(pulled),
      environment: pulled.environment?.name ?? null,
    }),
  }),
});

export const pushImage = longVerb({
  /** name: a grading name, an alias, or the name of an image. */
  input: z.strictObject({ name: z.string().max(600), reference }),
  output: pushedSchema,
  refuses: [],
  may: mayShare,
  begin: ({ sharing }: ImageDeps, _who: Actor, wanted) => ({
    about: { kind: 'push', title: `Push ${wanted.name} to ${wanted.reference}` },
    run: (news, stop) => push(sharing, wanted, news, stop),
    result: async ({ image, pinned, name }) => ({
      sentence: `${image} is in the registry now, as ${pinned}.`,
      environment: (await sharing.find(name))?.name ?? null,
    }),
  }),
});

export const listRegistries = verb({
  input: z.strictObject({}),
  output: z.array(registrySchema),
  refuses: [],
  may: mayShare,
  run: ({ credentials }: CredentialDeps, _who: Actor) => credentials.list(),
});

export const keepLogin = verb({
  input: z.strictObject({ host: z.string().max(300), user: z.string(), password: z.string() }),
  output: registrySchema,
  refuses: [],
  may: mayShare,
  run: ({ credentials }: CredentialDeps, who: Actor, { host, ...login }) =>
    credentials.save(host, login, signature(who)),
});

export const forgetLogin = verb({
  input: z.strictObject({ host: z.string().max(300) }),
  output: z.void(),
  refuses: [],
  may: mayShare,
  run: ({ credentials }: CredentialDeps, _who: Actor, { host }) => credentials.forget(host),
});
