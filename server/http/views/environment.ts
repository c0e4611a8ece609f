import type { EnvironmentView } from '../../../web/view-models.ts';
import type { EngineState, Environment, EnvironmentCatalogue } from '../../environments/environment.ts';
import { shortDigest } from '../../environments/kept-names.ts';
import { runsAs } from '../../environments/runs-as.ts';
import { samplesText } from '../../environments/test-words.ts';
import { ageText, bytesText } from './format.ts';
import { environmentHref } from './hrefs.ts';
import { testedView } from './revisions.ts';

function updateText({ digest, state, tested }: NonNullable<Environment['update']>): string {
  const what = `Update ${shortDigest(digest)}`;
  if (state === 'held') return `${what} is held back: ${samplesText(tested?.failed ?? 0)} not as expected`;
  return tested ? `${what} is ready to be promoted` : `${what} is being tested`;
}

export function environmentView(environment: Environment, nowMs: number): EnvironmentView {
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
    tested: environment.tested ? testedView(environment.tested, digest) : null,
    update: environment.update ? updateText(environment.update) : null,
    runsAs: runsAs(environment).sentence,
    search: searchOf(environment),
    href: environmentHref(name),
  };
}

/** Its name leads to another revision, whose card says that this one waits; all of them are on its page. */
const isBeside = (catalogue: EnvironmentCatalogue, { revision, name, digest }: Environment): boolean =>
  revision !== undefined && catalogue.find(name)?.digest !== digest;

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

/** What the page and the live room list: images that want to be shown. The others can be used all the same. */
export function environmentList(
  catalogue: EnvironmentCatalogue,
  nowMs: number,
): { environments: EnvironmentView[]; engine: EngineState } {
  return {
    environments: catalogue
      .list()
      .filter((one) => one.advertised && !isBeside(catalogue, one))
      .map((environment) => environmentView(environment, nowMs)),
    engine: catalogue.engine(),
  };
}
