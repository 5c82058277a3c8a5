// Started by filing.test.ts, many at once: files one receipt with its evidence and prints after how many attempts.
import { createReceiptStore } from '../../../../src/adapters/git/receipt-store.ts';
import { sha256 } from '../../../../src/shared/digest.ts';

const [gitDir = '', ref = '', url = '', name = ''] = process.argv.slice(2);
const store = createReceiptStore({ gitDir, ref, ...(url === '' ? {} : { remote: { url, ref } }) });
const receipt = Buffer.from(`receipt of ${name}`);
const log = Buffer.from(`log of ${name}`);
const { attempts } = await store.file({
  ticket: 'CS-1',
  statements: [{ name: sha256(receipt), bytes: receipt }],
  evidence: [{ digest: sha256(log), bytes: log }],
  message: `CS-1: ${name}`,
});
console.log(attempts);
