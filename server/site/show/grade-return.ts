import type { PageTranslate } from '../../../web/languages.ts';
import type { GradeReturn } from '../../model/lti.ts';
import { utcText } from '../../text/quantities.ts';

/** Whether the learning platform has the grade. Only staff see the reason for a failure. */
export function gradeReturnText(owed: GradeReturn, staff: boolean, t: PageTranslate): string {
  const { state, tries: count, grade } = owed;
  const error = owed.error ?? '';
  switch (state) {
    case 'ungraded':
      return t('run.returnUngraded');
    case 'sent':
      return owed.sentAt === null
        ? t('run.returnSent', { grade: String(grade) })
        : t('run.returnSentAt', { grade: String(grade), time: utc(owed.sentAt) });
    case 'waiting':
      if (count === 0) return t('run.returnOnItsWay');
      if (!staff) return t('run.returnWaiting');
      return owed.nextAt === null
        ? t('run.returnWaitingWhy', { error, count })
        : t('run.returnWaitingUntil', { error, count, time: utc(owed.nextAt) });
    case 'given-up':
      return staff ? t('run.returnGivenUpWhy', { error, count }) : t('run.returnGivenUp');
  }
}

const utc = (instant: string): string => utcText(Date.parse(instant));
