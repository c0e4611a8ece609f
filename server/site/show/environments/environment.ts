import type { PageLanguage, PageTranslate } from '../../../../web/languages.ts';
import type { EnvironmentView } from '../../../../web/view-models.ts';
import type { Audience, SeenEnvironment } from '../../../environments/discovery/audience.ts';
import type {
  EngineState,
  Environment,
  EnvironmentCatalogue,
} from '../../../environments/discovery/environment.ts';
import { runsAs } from '../../../environments/discovery/runs-as.ts';
import { shortDigest } from '../../../environments/revisions/images/revision-tags.ts';
import { bytesText } from '../../../text/quantities.ts';
import { environmentHref, revisionHref } from '../hrefs.ts';
import { testedView } from './revisions.ts';
import { seenEnvironments } from './seen-environments.ts';

type Update = NonNullable<Environment['update']>;

function updateText({ state, tested }: Update, t: PageTranslate): string {
  if (state === 'held')
    return t('environments.updateHeld', { failed: tested?.failed ?? 0, count: tested?.cases ?? 0 });
  return tested ? t('environments.updateReady') : t('environments.updateWaits');
}

const updateView = (name: string, update: Update, t: PageTranslate): EnvironmentView['update'] => ({
  text: updateText(update, t),
  link: update.state === 'held' ? t('environments.seeWhy') : t('environments.seeIt'),
  href: revisionHref(name, update.digest),
});

/** What other parts know about it: why an update is due, if the registries were asked; other images of its name. */
export type Known = { newer?: string | null; beside?: readonly Environment[] };

export function environmentView(
  environment: Environment,
  nowMs: number,
  { t, ago }: PageLanguage,
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
    age: ago(environment.created, nowMs),
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
    beside: beside
      .slice(0, MAX_BESIDE)
      .map((other) => t('environments.beside', { image: other.image, reason: other.reason })),
    whichLabels: environment.whichLabels ?? '',
    newer,
    tested: environment.tested ? testedView(environment.tested, digest, t) : null,
    update: environment.update ? updateView(name, environment.update, t) : null,
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

/** The reason according to updates; null: nothing is known. */
export type WhyNewer = (environment: Pick<Environment, 'image' | 'digest'>) => string | null;

/** The environments of a list, as the page and the live list show them. */
export function environmentViews(
  seen: readonly SeenEnvironment[],
  nowMs: number,
  audience: Audience,
  whyNewer: WhyNewer,
  language: PageLanguage,
): EnvironmentView[] {
  return seen.map(({ environment, beside }) => {
    const newer = audience === 'operators' ? whyNewer(environment) : null;
    return environmentView(environment, nowMs, language, { newer, beside });
  });
}

/** The live list. */
export function environmentList(
  catalogue: EnvironmentCatalogue,
  nowMs: number,
  audience: Audience,
  whyNewer: WhyNewer,
  language: PageLanguage,
): { environments: EnvironmentView[]; engine: EngineState } {
  const seen = seenEnvironments(catalogue, audience, language.t);
  return {
    environments: environmentViews(seen, nowMs, audience, whyNewer, language),
    engine: catalogue.engine(),
  };
}
