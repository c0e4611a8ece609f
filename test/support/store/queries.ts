/**
 * Every question of the code to a collection, and how it is answered. test/unit/adapters/queries.test.ts checks that each
 * place in the code is here and that an index answers it; a store of the test houses refuses what is not here.
 *
 * After the method: the paths of the filter, as
 *   path     equal to a value             path~    one of a list, or equal
 *   path>    a range                      path*    looked at in the few documents that the others leave
 * then the order, path+ or path-; "?" before it: the few that are found are put in order in memory.
 * "or" stands between what one place may ask. "all:" reads every document, for a reason.
 */
export const QUERIES = `
environments/revisions/history.ts revisions.find: ?at+ all: some tens, kept in memory
environments/revisions/history.ts currents.find: all: one for each environment, kept in memory
environments/revisions/history.ts pins.find: all: few, kept in memory
environments/revisions/history.ts revisions.update: id
environments/revisions/images/keep-graded-images.ts runs.group: environment.digest~
environments/revisions/images/reconcile-images.ts runs.count: environment.digest
environments/revisions/pins.ts pins.update: id
environments/revisions/pins.ts pins.remove: id
environments/revisions/prune.ts runs.group: environment.digest~
environments/revisions/revision-lookup.ts runs.group: environment.digest~
environments/revisions/revision-lookup.ts runs.find: environment.digest queuedAt-
environments/revisions/revisions.ts revisions.updateMany: digest* at>* all: some tens, after a build
environments/usage-per-day.ts runs.count: environment.name doneAt>
environments/usage-per-day.ts runs.pluck: environment.name doneAt> doneAt- queuedAt-
first-start/first-accounts.ts users.count: operator* all: once at each start
first-start/first-accounts.ts users.findOne: name
lti/accounts.ts users.update: id
lti/launch.ts ltiNonces.remove: expiresAt>
lti/launch.ts ltiLaunches.update: id
lti/owed-grades.ts gradeReturns.updateMany: id or submission
lti/owed-grades.ts runs.pluck: id debug*
lti/owed-grades.ts gradeReturns.find: state
lti/owed-grades.ts runs.findOne: submission state* debug*
lti/owed-grades.ts gradeReturns.find: state
lti/owed-grades.ts runs.findOne: submission state* debug* doneAt>*
lti/owed-grades.ts gradeReturns.find: state nextAt> nextAt+
lti/owed-grades.ts gradeReturns.find: state nextAt+
lti/owed-grades.ts gradeReturns.update: id state* serial*
lti/owed-grades.ts gradeReturns.find: state nextAt>
lti/owed-grades.ts gradeReturns.updateMany: state tries* nextAt>
main/open-grading.ts submissions.findOne: course task userId~ ?at-
people/course-verbs.ts settings.update: userId course
people/group-verbs.ts users.find: roles.* name+ all: no index has keys of a map; accounts of others are not read or name+ all: courses whose id has a dot
people/group-verbs.ts users.findOne: name
people/groups.ts groups.find: course
people/groups.ts groups.findOne: id course*
people/groups.ts groups.update: id
people/groups.ts groups.count: course
people/groups.ts groups.remove: id course*
people/groups.ts users.find: id~
people/sessions.ts sessions.find: userId ?expiresAt-
people/sessions.ts sessions.remove: id
people/sessions.ts sessions.find: userId ?expiresAt-
people/sessions.ts sessions.remove: id userId*
people/sessions.ts sessions.remove: userId id>*
people/sessions.ts sessions.update: id
people/sessions.ts sessions.remove: id
people/sessions.ts sessions.remove: userId
people/sessions.ts sessions.remove: expiresAt>
people/sign-in/second-factor.ts secondFactors.find: all: once at each start
people/sign-in/second-factor.ts secondFactors.update: id secret*
people/sign-in/second-factor.ts secondFactors.update: id isOn*
people/sign-in/second-factor.ts secondFactors.update: id
people/sign-in/second-factor.ts users.update: id
people/sign-in/second-factor.ts secondFactors.update: id lastStep>*
people/sign-in/second-factor.ts secondFactors.update: id uses*
people/sign-in/second-factor.ts users.update: id
people/sign-in/second-factor.ts secondFactors.remove: id
people/student-settings-of.ts settings.findOne: userId course
people/teams.ts groups.find: course
people/teams.ts users.find: id~
people/teams.ts users.update: id
people/teams.ts users.find: id~ ?name+
people/teams.ts teammates.find: all: once at each start
people/teams.ts users.find: id~
people/teams.ts users.update: id
people/teams.ts teammates.pluck: group
people/user-verbs.ts users.remove: none: the accounts, and no collection
people/users.ts users.update: id
people/users.ts sessions.remove: userId
people/users.ts users.update: id
people/users.ts users.update: id
people/users.ts users.update: id
people/users.ts users.findOne: name
people/users.ts users.find: name+ all: the page of all users
people/users.ts users.update: id
people/users.ts secondFactors.remove: id
people/users.ts sessions.remove: userId
people/users.ts users.remove: id
people/users.ts sessions.remove: userId
people/users.ts secondFactors.remove: id
people/users.ts ltiLaunches.remove: userId
site/api/course.ts submissions.count: course task userId~
site/api/metrics.ts runs.count: state
site/api/metrics.ts runs.count: state
site/requests/grades-of-a-run.ts gradeReturns.find: submission or submission userId*
site/requests/task-service.ts submissions.findOne: course task userId~ ?at- attempt-
site/requests/task-service.ts submissions.count: course task userId~
submissions/admission/amounts.ts amounts.pluck: all: once at each start, kept in memory
submissions/admission/amounts.ts amounts.update: id
submissions/admission/amounts.ts amounts.update: id
submissions/admission/amounts.ts submissions.find: id> id+ all: page by page, once in the life of a store
submissions/admission/amounts.ts runs.find: id> id+ all: page by page, once in the life of a store
submissions/admission/amounts.ts amounts.remove: all: once in the life of a store
submissions/admission/open-keys.ts runs.find: openKey>
submissions/admission/open-keys.ts runs.update: id state*
submissions/admission/open-keys.ts runs.find: state~
submissions/admission/open-keys.ts runs.update: id state*
submissions/admission/submission-limit.ts submissions.find: course task userId~ at> ?at-
submissions/admission/submission-limit.ts runs.group: course task userId~ outcome.verdict*
submissions/bundles.ts submissions.findOne: bundles.task
submissions/bundles.ts submissions.findOne: bundles.common
submissions/bundles.ts submissions.find: id> id+ all: page by page, when a bundle is about to be removed
submissions/list-verbs.ts submissions.find: course task userId~ ?at-
submissions/list-verbs.ts users.findOne: name
submissions/list-verbs.ts runs.pluck: submission~ ?queuedAt-
submissions/new-run.ts runs.findOne: openKey
submissions/new-submission.ts submissions.count: course task userId~
submissions/owed-grades.ts ltiLaunches.find: id~
submissions/progress.ts runs.group: userId~ course outcome.verdict* or userId~ course debug* outcome.verdict*
submissions/progress.ts runs.group: userId~ course or userId~ course debug*
submissions/progress.ts runs.group: userId~ course outcome.verdict* or userId~ course debug* outcome.verdict*
submissions/progress.ts runs.group: course task userId~ state outcome.verdict* or course task userId~ state debug* outcome.verdict*
submissions/progress.ts runs.pluck: course task userId~ state outcome.verdict* outcome.grade* ?queuedAt- or course task userId~ state debug* outcome.verdict* outcome.grade* ?queuedAt- or course task userId~ state outcome.verdict* ?queuedAt- or course task userId~ state debug* outcome.verdict* ?queuedAt-
submissions/service.ts runs.update: id state*
submissions/task-runs.ts runs.pluck: course task userId~ ?queuedAt-
worker/recovery.ts runs.updateMany: state
worker/recovery.ts runs.update: id state*
worker/recovery.ts runs.pluck: state queuedAt+
worker/recovery.ts runs.pluck: state
worker/recovery.ts runs.update: id state* attempt*
worker/run-source.ts runs.update: id state*
worker/run-source.ts runs.update: id state* attempt*
worker/run-source.ts runs.update: id state* attempt*
worker/run-source.ts runs.pluck: course task userId state outcome.verdict* queuedAt- or team.group course* task* state* outcome.verdict* queuedAt-
`;
