/** On every page. */
import { settleSent } from './draft-store.ts';
import { settle } from './settle.ts';
import './shown.ts';

settle(document);
settleSent(document.getElementById('run') !== null);
