import type { EnvironmentView } from '../../../web/view-models.ts';
import type { EngineState, Environment, EnvironmentCatalogue } from '../../environments/environment.ts';
import { runsAs } from '../../environments/runs-as.ts';
import { ageText, bytesText } from './format.ts';

/** As long as docker's own short ids. */
const SHORT_DIGEST = 12;

export function environmentView(environment: Environment, nowMs: number): EnvironmentView {
  const { name, title, description, image, digest, reason, needRoot, needGpu, available } = environment;
  return {
    name,
    title: title || name,
    description,
    image,
    digest,
    shortDigest: digest.replace(/^sha256:/, '').slice(0, SHORT_DIGEST),
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
    runsAs: runsAs(environment).sentence,
    search: searchOf(environment),
    href: `/environments/${encodeURIComponent(name)}`,
  };
}

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
      .filter(({ advertised }) => advertised)
      .map((environment) => environmentView(environment, nowMs)),
    engine: catalogue.engine(),
  };
}
