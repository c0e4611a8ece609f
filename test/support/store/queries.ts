/**
 * Every question of the code to a collection, and how it is answered. test/unit/store/queries.test.ts checks that each
 * place in the code is here and that an index answers it; a store of the test houses refuses what is not here.
 *
 * After the method: the paths of the filter, as
 *   path     equal to a value             path~    one of a list, or equal
 *   path>    a range                      path*    looked at in the few documents that the others leave
 * then the order, path+ or path-; "?" before it: the few that are found are put in order in memory.
 * "or" stands between what one place may ask. "all:" reads every document, for a reason.
 */
export const QUERIES = `
accounts/groups.ts groups.find: course
accounts/groups.ts groups.findOne: id course*
accounts/groups.ts groups.find: course
accounts/groups.ts groups.count: course
accounts/groups.ts groups.find: course
accounts/groups.ts users.find: id~
accounts/groups.ts groups.update: id
accounts/groups.ts groups.remove: id course*
accounts/groups.ts groups.find: course
accounts/sessions.ts sessions.update: id
accounts/sessions.ts sessions.remove: id
accounts/sessions.ts sessions.remove: userId
accounts/sessions.ts sessions.remove: expiresAt>
accounts/users.ts users.update: id
accounts/users.ts sessions.remove: userId
accounts/users.ts users.update: id
accounts/users.ts users.update: id
accounts/users.ts users.update: id
accounts/users.ts users.findOne: name
accounts/users.ts users.find: name+ all: the page of all users
accounts/users.ts users.remove: id
accounts/users.ts sessions.remove: userId
accounts/users.ts ltiLaunches.remove: userId
cli/user.ts users.find: name+ all: the list of all users
cli/user.ts users.remove: none: the accounts, and no collection
environments/history.ts revisions.find: ?at+ all: some tens, kept in memory
environments/history.ts currents.find: all: one for each environment, kept in memory
environments/history.ts pins.find: all: few, kept in memory
environments/history.ts revisions.update: id
environments/pins.ts pins.update: id
environments/pins.ts pins.remove: id
environments/prune.ts runs.group: environment.digest~
environments/revision-lookup.ts runs.group: environment.digest~
environments/revision-lookup.ts runs.find: environment.digest queuedAt-
environments/revisions.ts revisions.updateMany: digest* at>* all: some tens, after a build
environments/stock.ts runs.count: environment.digest
environments/use.ts runs.count: environment.name doneAt>
environments/use.ts runs.pluck: environment.name doneAt> doneAt- queuedAt-
environments/used.ts runs.group: environment.digest~
grading/debug-run.ts runs.findOne: course task userId state~
grading/grade-return.ts ltiLaunches.find: id~
grading/service.ts runs.update: id state*
grading/service.ts runs.updateMany: state
grading/settings.ts settings.findOne: userId course
grading/submission-limit.ts submissions.find: course task userId~ at> ?at-
grading/submission-limit.ts runs.group: course task userId~ outcome.verdict*
grading/submit.ts runs.findOne: course task userId~ state~
grading/submit.ts submissions.count: course task userId~
grading/take-up.ts runs.pluck: state queuedAt+
grading/take-up.ts runs.pluck: state
grading/take-up.ts runs.update: id state* attempt*
grading/teams.ts groups.find: course
grading/teams.ts users.find: id~
grading/teams.ts users.update: id
grading/teams.ts users.find: id~ ?name+
grading/teams.ts teammates.find: all: once at each start
grading/teams.ts users.find: id~
grading/teams.ts users.update: id
grading/teams.ts teammates.pluck: group
grading/worker.ts runs.update: id state*
grading/worker.ts runs.update: id state* attempt*
grading/worker.ts runs.pluck: course task userId~ state ?queuedAt-
grading/worker.ts runs.update: id state* attempt*
http/grade-returns.ts gradeReturns.find: submission or submission userId*
http/group-service.ts users.find: name+ all: the list from which staff choose members
http/group-service.ts users.findOne: name
http/routes/course-api.ts submissions.count: course task userId~
http/routes/environment-pages.ts revisions.find: none: the environments, and no collection
http/routes/metrics.ts runs.count: state
http/routes/metrics.ts runs.count: state
http/routes/submission-api.ts submissions.find: course task userId~ ?at-
http/routes/submission-api.ts users.findOne: name
http/routes/submission-api.ts runs.find: submission~ ?queuedAt-
http/settings-service.ts settings.update: userId course
http/task-runs.ts runs.pluck: course task userId~ ?queuedAt-
http/task-service.ts submissions.findOne: course task userId~ ?at- attempt-
http/task-service.ts submissions.count: course task userId~
http/views/progress.ts runs.group: userId~ course outcome.verdict* or userId~ course debug* outcome.verdict*
http/views/progress.ts runs.group: userId~ course or userId~ course debug*
http/views/progress.ts runs.group: userId~ course outcome.verdict* or userId~ course debug* outcome.verdict*
http/views/progress.ts runs.findOne: course task userId~ state outcome.verdict* outcome.grade* ?queuedAt- or course task userId~ state debug* outcome.verdict* outcome.grade* ?queuedAt-
http/views/progress.ts runs.group: course task userId~ state outcome.verdict* or course task userId~ state debug* outcome.verdict*
http/views/progress.ts runs.findOne: course task userId~ state outcome.verdict* ?queuedAt- or course task userId~ state debug* outcome.verdict* ?queuedAt-
lti/accounts.ts users.update: id
lti/grade-returns.ts runs.pluck: id debug*
lti/grade-returns.ts gradeReturns.updateMany: id or submission
lti/grade-returns.ts gradeReturns.find: state
lti/grade-returns.ts runs.findOne: submission state* debug*
lti/grade-returns.ts gradeReturns.find: state nextAt> nextAt+
lti/grade-returns.ts gradeReturns.find: state nextAt+
lti/grade-returns.ts gradeReturns.update: id state* serial*
lti/launch.ts ltiNonces.remove: expiresAt>
lti/launch.ts ltiLaunches.update: id
main.ts submissions.findOne: course task userId~ ?at-
setup/first-accounts.ts users.count: operator* all: once at each start
setup/first-accounts.ts users.findOne: name
`;
