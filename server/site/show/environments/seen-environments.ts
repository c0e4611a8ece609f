/** Which environments an audience sees, with sentences in its language. */

import { ENGLISH } from '../../../../web/languages.ts';
import {
  type Audience,
  type SeenEnvironment,
  seenPerName,
} from '../../../environments/discovery/audience.ts';
import type { EnvironmentCatalogue } from '../../../environments/discovery/environment.ts';

/** What students read instead of a reason for staff. */
export const withheldReason = (t = ENGLISH.t): string => t('environments.cannotGradeNow');

export const seenEnvironments = (
  catalogue: EnvironmentCatalogue,
  audience: Audience,
  t = ENGLISH.t,
): SeenEnvironment[] => seenPerName(catalogue, audience, withheldReason(t));
