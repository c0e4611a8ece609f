/** The form that a learning platform posts with a user: read, bounded, and checked before anything is trusted. */
import { z } from 'zod';
import type { LtiFields } from '../model/lti.ts';
import { GradeportError } from '../rules/errors.ts';
import type { Pair } from './oauth.ts';

const MAX_PARAMETERS = 200;
/** The longest text that is only shown, and the longest text that identifies something. */
const MAX_TEXT = 500;
const MAX_ID = 255;
const MAX_ROLES = 20;
const MAX_CUSTOM = 50;
/** INGInious' values where the platform gives none. */
const UNSAID = 'N/A';

const id = z.string().min(1).max(MAX_ID);
const shown = z
  .string()
  .default('')
  .transform((value) => value.slice(0, MAX_TEXT));

const formSchema = z.object({
  lti_message_type: z.literal('basic-lti-launch-request'),
  lti_version: z.literal('LTI-1p0'),
  oauth_consumer_key: id,
  oauth_signature_method: z.literal('HMAC-SHA1'),
  oauth_timestamp: z
    .string()
    .regex(/^\d{1,12}$/, 'expected seconds since 1970')
    .transform(Number),
  oauth_nonce: id,
  oauth_signature: id,
  oauth_version: z.literal('1.0').default('1.0'),
  user_id: id,
  tool_consumer_instance_guid: z.string().max(MAX_ID).default(''),
  lis_outcome_service_url: z.string().max(2000).default(''),
  lis_result_sourcedid: z.string().max(4000).default(''),
  roles: shown,
  lis_person_name_full: shown,
  lis_person_name_given: shown,
  lis_person_name_family: shown,
  lis_person_contact_email_primary: shown,
  context_title: shown,
  context_label: shown,
  tool_consumer_instance_name: shown,
  tool_consumer_instance_description: shown,
  tool_consumer_instance_url: shown,
});
export type LaunchForm = z.infer<typeof formSchema> & { pairs: Pair[]; custom: Pair[] };

/** Fails with "usage", naming the parameter. */
export function readLaunchForm(body: string, query: string): LaunchForm {
  const form = [...new URLSearchParams(body)];
  // Moodle sends the parameters of the address in the form, too, and signs them once.
  const others = [...new URLSearchParams(query)].filter(
    ([name, value]) => !form.some((one) => one[0] === name && one[1] === value),
  );
  const pairs = [...form, ...others];
  if (pairs.length > MAX_PARAMETERS) throw malformed(`it has more than ${MAX_PARAMETERS} parameters`);
  const names = new Set<string>();
  for (const [name] of pairs) {
    if (names.has(name)) throw malformed(`"${name.slice(0, 60)}" is there twice`);
    names.add(name);
  }
  const parsed = formSchema.safeParse(Object.fromEntries(pairs));
  if (!parsed.success) throw malformed(faultOf(parsed.error));
  const custom = pairs.filter(([name]) => /^custom_\w{1,60}$/.test(name)).slice(0, MAX_CUSTOM);
  return { ...parsed.data, pairs, custom };
}

function faultOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  const field = issue?.path.join('.') ?? '';
  const wanted = issue === undefined ? 'unexpected' : wantedBy(issue);
  const advice = field === 'user_id' ? '. Let the learning platform tell this tool who its users are' : '';
  return `"${field}": ${wanted}${advice}`;
}

/** For the person who sets up the learning platform. */
function wantedBy(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return 'it is missing';
  if (issue.code === 'too_small') return 'it is empty';
  if (issue.code === 'too_big') return `it is longer than ${issue.maximum} characters`;
  if (issue.code === 'invalid_value') return `expected ${issue.values.map(String).join(' or ')}`;
  return issue.message;
}

const malformed = (why: string): GradeportError =>
  new GradeportError('usage', `This is not an LTI 1.1 launch: ${why}.`);

/** The user's name, found as INGInious finds it. */
export const personName = (form: LaunchForm): string =>
  form.lis_person_name_full ||
  [form.lis_person_name_given, form.lis_person_name_family].filter(Boolean).join(' ') ||
  form.lis_person_contact_email_primary ||
  form.user_id;

/** The "@lti_…" values for graders: INGInious' ten, and the activity's own parameters. No signatures, no secrets. */
export function fieldsOf(form: LaunchForm, course: string, task: string): LtiFields {
  return {
    ...Object.fromEntries(form.custom.map(([name, value]) => [name, value.slice(0, MAX_TEXT)])),
    username: form.user_id,
    realname: personName(form),
    email: form.lis_person_contact_email_primary,
    roles: (form.roles || 'Student').split(',').slice(0, MAX_ROLES),
    task: [course, task],
    context_title: form.context_title || UNSAID,
    context_label: form.context_label || UNSAID,
    tool_name: form.tool_consumer_instance_name || UNSAID,
    tool_description: form.tool_consumer_instance_description || UNSAID,
    tool_url: form.tool_consumer_instance_url || UNSAID,
  };
}
