import { tempFolder, tempStore } from '../support/store/temp-folder.ts';
import { storeContract } from './store.contract.ts';

storeContract('SQLite', async () => {
  const folder = tempFolder();
  return { store: await tempStore(folder), again: () => tempStore(folder, { lock: false }) };
});
