/**
 * The partials that the server renders, rendered again in the browser after changes: one template for both,
 * so that a page looks the same whether it was loaded before or after. Handlebars escapes; fields that end
 * in Html were sanitised by the server.
 */
import Handlebars from 'handlebars/runtime.js';
import { helpersIn } from '../../helpers.ts';
import type { JobView, LintView } from '../../job-models.ts';
import type { EnvironmentView, FeedbackView, VerdictView } from '../../view-models.ts';
import environmentCard from '../../views/partials/environments/environment-card.hbs';
import environmentRow from '../../views/partials/environments/environment-row.hbs';
import jobStatus from '../../views/partials/environments/job-status.hbs';
import lint from '../../views/partials/environments/lint.hbs';
import feedback from '../../views/partials/runs/feedback.hbs';
import verdict from '../../views/partials/runs/verdict.hbs';
import time from '../../views/partials/shared/time.hbs';
import { language } from './messages.ts';

Handlebars.registerHelper(helpersIn(language));
Handlebars.registerPartial('time', time);

export const renderVerdict: (view: VerdictView) => string = verdict;
export const renderFeedback: (view: FeedbackView) => string = feedback;
export const renderJob: (view: JobView) => string = jobStatus;
export const renderLint: (view: LintView) => string = lint;
export const renderEnvironment: (view: EnvironmentView) => string = environmentCard;
export const renderEnvironmentRow: (view: EnvironmentView) => string = environmentRow;
