import type { EnvironmentView } from '../../../../web/view-models.ts';
import type {
  EngineState,
  Environment,
  EnvironmentCatalogue,
} from '../../../environments/discovery/environment.ts';
import { runsAs } from '../../../environments/discovery/runs-as.ts';
import { shortDigest } from '../../../environments/revisions/revision-tags.ts';
import { samplesText } from '../../../environments/revisions/sample-test-sentences.ts';
import { ageText, bytesText } from '../../../text/quantities.ts';
import { environmentHref, revisionHref } from '../hrefs.ts';
import { testedView } from './revisions.ts';
import { type Audience, seenEnvironments } from './seen-environments.ts';

function updateText({ state, tested }: NonNullable<Environment['update']>): string {
  if (state === 'held')
    return `Update held back: ${tested?.failed ?? 0} of ${samplesText(tested?.cases ?? 0)} changed`;
  return tested ? 'An update is ready to be promoted' : 'An update waits for its samples';
}

const updateView = (name: string, update: NonNullable<Environment['update']>): EnvironmentView['update'] => ({
  text: updateText(update),
  link: update.state === 'held' ? 'see why' : 'see it',
  href: revisionHref(name, update.digest),
});

const besideText = ({ image, reason }: Environment): string =>
  `Another image of this name, ${image}, cannot be used: ${reason}`;

/** What others know of it: why an update is due, as far as somebody asked; other images of its name. */
export type Known = { newer?: string | null; beside?: readonly Environment[] };

export function environmentView(
  environment: Environment,
  nowMs: number,
  { newer = null, beside = [] }: Known = {},
): EnvironmentView {
  const { name, title, description, image, digest, reason, needRoot, needGpu, available } = environment;
  return {
    name,
    title: title || name,
    description,
    image,
    digest,
    shortDigest: shortDigest(digest),
    size: bytesText(environment.size),
    age: ageText(environment.created, nowMs),
    createdAt: environment.created,
    runtime: environment.runtime ?? '',
    reason,
    needRoot,
    needGpu,
    available,
    languages: environment.languages,
    aliases: environment.aliases,
    ports: environment.ports,
    lost: environment.lost.map((one) => one.reason).filter((sentence) => sentence !== reason),
    beside: beside.slice(0, MAX_BESIDE).map(besideText),
    newer,
    tested: environment.tested ? testedView(environment.tested, digest) : null,
    update: environment.update ? updateView(name, environment.update) : null,
    runsAs: runsAs(environment).sentence,
    search: searchOf(environment),
    href: environmentHref(name),
  };
}

/** More would make a card unreadable; the command line lists all. */
const MAX_BESIDE = 3;

function searchOf({
  name,
  title,
  description,
  aliases,
  languages,
  image,
  digest,
  runtime,
}: Environment): string {
  const texts = [name, title, description, ...aliases, ...languages, image, digest, runtime ?? ''];
  return texts.join(' ').toLowerCase();
}

/** As updates know it; null: nothing is known. */
export type WhyNewer = (environment: Pick<Environment, 'image' | 'digest'>) => string | null;

/** What the page and the live room list. */
export function environmentList(
  catalogue: EnvironmentCatalogue,
  nowMs: number,
  audience: Audience,
  whyNewer: WhyNewer,
): { environments: EnvironmentView[]; engine: EngineState } {
  return {
    environments: seenEnvironments(catalogue, audience).map(({ environment, beside }) => {
      const newer = audience === 'operators' ? whyNewer(environment) : null;
      return environmentView(environment, nowMs, { newer, beside });
    }),
    engine: catalogue.engine(),
  };
}
