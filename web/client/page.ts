/** On every page. */
import { settleSent } from './draft-store.ts';
import { settle } from './settle.ts';

settle(document);
settleSent(document.getElementById('run') !== null);
