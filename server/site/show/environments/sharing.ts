import type { MessageKey, PageLanguage, PageTranslate } from '../../../../web/languages.ts';
import type { FindView, LayerView, LookedView, PlanView } from '../../../../web/sharing-views.ts';
import { instructionOf } from '../../../environments/registries/history-step.ts';
import type { Looked } from '../../../environments/registries/look-at-image.ts';
import type { Find } from '../../../environments/registries/search.ts';
import type { Trust } from '../../../environments/registries/why-trusted.ts';
import type { UpdateHow, UpdatePlan } from '../../../environments/updates/update-plan.ts';
import type { HistoryStep } from '../../../ports/engine/images.ts';
import { bytesText } from '../../../text/quantities.ts';
import { environmentHref } from '../hrefs.ts';

const TRUST: Readonly<Record<Trust, MessageKey>> = {
  official: 'registries.official',
  automated: 'registries.automated',
  listed: 'registries.listed',
  'by-digest': 'registries.byDigest',
  local: 'registries.local',
};

export function lookedView(looked: Looked, nowMs: number, { t, ago }: PageLanguage): LookedView {
  const { environment, reference, pinned, digest, reason, runtime, trust, here } = looked;
  return {
    reference,
    pinned,
    digest,
    here,
    reason,
    isEnvironment: environment !== null && environment.fault === null,
    usable: runtime !== null,
    name: environment?.name ?? '',
    title: environment?.title ?? '',
    description: environment?.description ?? '',
    languages: environment?.languages ?? [],
    needRoot: environment?.needRoot ?? false,
    needGpu: environment?.needGpu ?? false,
    size: bytesText(looked.downloadBytes),
    layers: looked.layers,
    age:
      looked.created === null || Number.isNaN(Date.parse(looked.created)) ? '' : ago(looked.created, nowMs),
    trust: trust.map((one) => t(TRUST[one])),
  };
}

export const findView = ({ name, description, stars, trust, refused }: Find, t: PageTranslate): FindView => ({
  name,
  description,
  stars,
  trust: trust.map((one) => t(TRUST[one])),
  refused,
  lookHref: `/environments/get?reference=${encodeURIComponent(name)}`,
});

const HOW: Readonly<Record<UpdateHow, MessageKey>> = {
  pull: 'registries.howPull',
  tag: 'registries.howTag',
  rebuild: 'registries.howRebuild',
  none: 'registries.howNone',
};

export const planView = ({ steps, left }: UpdatePlan, t: PageTranslate): PlanView => ({
  steps: steps.map(({ image, names, how, why }) => ({
    image,
    how: t(HOW[how]),
    why,
    updateHref: `${environmentHref(names[0] ?? image)}/update`,
  })),
  left,
});

/** A base image may have hundreds of layers; a longer list is of no use. */
const MAX_LAYERS = 100;
const MAX_COMMAND = 300;

export const layerViews = (
  steps: readonly HistoryStep[],
  nowMs: number,
  { ago }: PageLanguage,
): LayerView[] =>
  steps.slice(0, MAX_LAYERS).map(({ command, size, createdMs }) => ({
    command: instructionOf(command).slice(0, MAX_COMMAND),
    size: bytesText(size),
    age: ago(new Date(createdMs).toISOString(), nowMs),
  }));
