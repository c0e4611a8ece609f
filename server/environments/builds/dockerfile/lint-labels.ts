/** Checks the labels that make an image an environment: are they there, are they right? Pure. */
import {
  type CountingLabels,
  GRADEPORT_FAMILY,
  INGINIOUS_FAMILY,
  LABEL_KEYS,
  labelsAfter,
} from '../../../ports/engine/which-labels-count.ts';
import { nearest } from '../../../text/nearest.ts';
import { yesOrNo } from '../../../text/yes-and-no.ts';
import { readLabels } from '../../discovery/labels.ts';
import { type Say, shown } from './facts.ts';
import { chainOf, type Label, type Stage } from './stages.ts';

const PREFIX = /^org\.(?:gradeport|inginious)\.grading\./;
const FULL = LABEL_KEYS.flatMap((name) => [GRADEPORT_FAMILY + name, INGINIOUS_FAMILY + name]);
const FLAGS = ['need_root', 'need_gpu', 'advertise'];

type Labels = Readonly<Record<string, string>>;

type Place = {
  /** Labels of the image that the last stage is built on. */
  inherited: Labels;
  mustAnnounce: boolean;
};

export function lintLabels(stages: readonly Stage[], place: Place, say: Say): void {
  const chain = chainOf(stages);
  const labels = chain.toReversed().flatMap((stage) => stage.labels);
  const last = stages.at(-1);
  if (!last) return;
  for (const label of labels) {
    if (PREFIX.test(label.key)) lintLabel(label, say);
    else lintPrefix(label, say);
  }
  const { labels: all, whichLabels } = labelsOf(stages, place.inherited);
  const lastKnown = labels.findLast(({ key }) => PREFIX.test(key));
  if (whichLabels !== undefined && lastKnown) say(lastKnown.line, 'hint', whichLabels);
  const names = labels.filter(({ key }) => isName(key));
  if (names.length === 0) {
    lintNoName(stages, place, say);
    return;
  }
  const name = names.at(-1);
  if (!name) return;
  if (!name.value.sure) {
    say(name.line, 'error', 'The grading name uses a variable whose value is not known: write it out.');
    return;
  }
  const fault = readLabels(all)?.fault ?? null;
  if (fault === null) return;
  const version = labels.findLast(({ key }) => key.endsWith('.agent_version'));
  say(fault.includes('agent_version') ? (version ?? name).line : name.line, 'error', fault);
}

/** The labels of the image that these stages make, as far as they are known. */
export const labelsOf = (stages: readonly Stage[], inherited: Labels): CountingLabels =>
  labelsAfter(
    inherited,
    chainOf(stages)
      .toReversed()
      .flatMap(({ labels }) => labels.map(({ key, value }) => ({ key, value: value.text }))),
  );

const isName = (key: string): boolean => PREFIX.test(key) && key.endsWith('.grading.name');

function lintNoName(stages: readonly Stage[], { inherited, mustAnnounce }: Place, say: Say): void {
  const severity = mustAnnounce ? 'error' : 'warning';
  const last = stages.at(-1);
  const line = last?.from.line ?? 1;
  const elsewhere = stages.slice(0, -1).flatMap(({ labels }) => labels.filter(({ key }) => isName(key)));
  if (elsewhere[0]) {
    say(
      elsewhere[0].line,
      severity,
      'This label is in a stage that is thrown away: write it below the last FROM.',
    );
    return;
  }
  const own = readLabels(inherited)?.name;
  if (own !== undefined) {
    say(
      line,
      severity,
      `It inherits the name "${own}" of what it is built on, and would take its place. Give it one: LABEL org.gradeport.grading.name="…"`,
    );
    return;
  }
  say(
    line,
    severity,
    'It is not an environment yet: it needs a name. Add LABEL org.gradeport.grading.name="…"',
  );
}

/** "org.gradeport.gradin.name": probably a typing mistake, and without effect. */
function lintPrefix({ key, line }: Label, say: Say): void {
  const meant = /^org\.(?:gradeport|inginious)\.(?!grading\.)/.test(key) ? nearest(key, FULL) : null;
  if (meant === null) return;
  say(line, 'warning', `The label "${shown(key)}" means nothing to Gradeport. Did you mean "${meant}"?`);
}

function lintLabel({ key, value, line }: Label, say: Say): void {
  const short = key.replace(PREFIX, '');
  if (!LABEL_KEYS.includes(short)) {
    const near = nearest(short, LABEL_KEYS);
    const advice = near === null ? '' : ` Did you mean "${near}"?`;
    say(line, 'warning', `The label "${shown(short)}" means nothing to Gradeport.${advice}`);
    return;
  }
  if (!value.sure) return;
  const text = value.text.trim();
  if (FLAGS.includes(short) && text !== '' && yesOrNo(text) === null) {
    say(line, 'warning', `"${short}" is on or off: write 1 or 0, not "${shown(text)}".`);
  }
  const entries = text.split(',').map((entry) => entry.trim());
  if (short === 'ports' && text !== '' && !entries.every(isPort)) {
    say(
      line,
      'warning',
      'Ports are numbers from 1 to 65535 with commas between them; what is none is left out.',
    );
  }
  const bad = short === 'aliases' ? entries.find((entry) => entry !== '' && !isAlias(entry)) : undefined;
  if (bad !== undefined) {
    say(
      line,
      'warning',
      `The alias "${shown(bad)}" is left out: an alias holds letters, digits, ".", "_", "+" and "-".`,
    );
  }
}

const isPort = (text: string): boolean =>
  /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;

/** The rule of readLabels decides: a valid name is a valid alias. */
const isAlias = (text: string): boolean => readLabels({ 'org.gradeport.grading.name': text })?.fault === null;
