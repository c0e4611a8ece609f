import type { PageTranslate } from '../../../web/languages.ts';
import type { Allowance } from '../../submissions/admission/submission-limit.ts';
import { utcText } from '../../text/quantities.ts';

const MINUTE_MS = 60_000;

/** For the student: "2 of 3 submissions left." */
export function allowanceText({ limit, left, nextMs }: Allowance, t: PageTranslate): string {
  const { amount, hours } = limit;
  const window = hours === null ? null : t('task.hours', { count: hours });
  if (left > 0) {
    return window === null
      ? t('task.left', { left, count: amount })
      : t('task.leftWithin', { left, count: amount, window });
  }
  const used =
    window === null ? t('task.usedUp', { count: amount }) : t('task.usedUpWithin', { count: amount, window });
  // Rounded up to the next minute, so that a student who returns then is not too early.
  return nextMs === null
    ? used
    : `${used} ${t('task.nextAt', { time: utcText(Math.ceil(nextMs / MINUTE_MS) * MINUTE_MS) })}`;
}
