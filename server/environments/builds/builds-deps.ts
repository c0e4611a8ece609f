/** What builds need from the neighbouring rooms. */
import type { Jobs } from '../../jobs/port.ts';
import type { Engine } from '../../ports/engine/engine.ts';
import type { EnvironmentCatalogue } from '../discovery/environment.ts';
import type { RuntimeTable } from '../discovery/runtimes.ts';
import type { Revisions } from '../revisions/port.ts';
import type { LintFacts } from './dockerfile/facts.ts';
import type { BuildConfig } from './source/build-config.ts';
import type { BuildSources } from './source/build-sources.ts';

export type BuildsDeps = {
  engine: Pick<Engine, 'builder' | 'images'>;
  environments: Pick<EnvironmentCatalogue, 'list' | 'runtimes' | 'onChange'>;
  jobs: Pick<Jobs, 'start' | 'log' | 'list' | 'onChange'>;
  sources: BuildSources;
  config: BuildConfig;
  runtimes: RuntimeTable;
  /** Tests a built image; null: images are not tested. */
  revisions: Pick<Revisions, 'announce' | 'test'> | null;
  /** Why an image may not be used as a base; null: it may. */
  refuses?: LintFacts['refuses'];
  clock: () => number;
};
