/** On every page. */
import { settleSent } from './draft-store.ts';
import { settle } from './localise-times.ts';
import './reload-on-back.ts';

settle(document);
settleSent(document.getElementById('run') !== null);
