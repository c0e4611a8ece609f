import { tempStore } from '../support/store/temp-folder.ts';
import { storeContract } from './store.contract.ts';

storeContract('SQLite', () => tempStore());
