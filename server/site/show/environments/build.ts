/** Dockerfiles and builds as pages show them. */

import type { BuildRow, LintView } from '../../../../web/job-models.ts';
import type { PageTranslate } from '../../../../web/languages.ts';
import type { BuildRecord } from '../../../environments/builds/build-record.ts';
import type { Linted } from '../../../environments/builds/build-verbs.ts';
import type { Builds } from '../../../environments/builds/builds.ts';
import { bytesText, durationText } from '../../../text/quantities.ts';
import { buildLogHref, editHref } from '../hrefs.ts';

const TONES = { error: 'bad', warning: 'warn', hint: 'live' } as const;

export function lintView({ messages: said, preview, refusal }: Linted, t: PageTranslate): LintView {
  const messages = said.map((one) => ({ ...one, tone: TONES[one.severity] }));
  return {
    messages,
    summary: summaryOf(messages, t),
    refusal,
    preview: preview && {
      ...preview.announces,
      title: preview.announces.title || preview.announces.name,
      image: `${preview.image}:latest`,
      runtime: preview.runtime ?? '',
      reason: preview.reason,
    },
  };
}

const COUNTED = {
  error: 'builds.errors',
  warning: 'builds.warnings',
  hint: 'builds.hints',
} as const;

function summaryOf(messages: readonly { severity: string }[], t: PageTranslate): string {
  const counted = Object.entries(COUNTED).flatMap(([severity, key]) => {
    const count = messages.filter((one) => one.severity === severity).length;
    return count === 0 ? [] : [t(key, { count })];
  });
  return counted.length === 0 ? t('builds.noMessages') : `${counted.join(', ')}.`;
}

export const limitsView = ({ limits }: Pick<Builds, 'limits'>) => ({
  time: durationText(limits.timeMs),
  memory: bytesText(limits.memoryBytes),
  disk: bytesText(limits.diskBytes),
  context: bytesText(limits.contextBytes),
});

const STATE_TONES: Record<BuildRecord['state'], string> = {
  building: 'live',
  built: 'good',
  failed: 'bad',
  stopped: 'warn',
};

export const buildRows = (records: readonly BuildRecord[]): BuildRow[] =>
  records.map(({ name, version, by, at, state, sentence }) => ({
    version,
    by,
    at,
    state,
    sentence: sentence.split('\n')[0] ?? '',
    tone: STATE_TONES[state],
    editHref: editHref(name, version),
    logHref: buildLogHref(name, version),
  }));
