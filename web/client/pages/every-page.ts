/** Runs on every page. */
import { settleSent } from '../answers/draft-store.ts';
import { settle } from '../shared/localise-times.ts';
import '../shared/reload-on-back.ts';

settle(document);
settleSent(document.getElementById('run') !== null);
