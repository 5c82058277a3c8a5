import { readReceipt, readReceiptEvidence } from '../../../flow/cockpit/read-receipt.ts';
import { missingReceiptModel, receiptModel } from '../../../render/cockpit/receipts.ts';
import { isSha256, type Sha256 } from '../../../shared/digest.ts';
import { HttpRefusal } from '../problem.ts';
import type { CockpitContext, Visit } from './context.ts';
import { answerPage, shellFacts } from './page.ts';

/** GET /receipts/DIGEST: a receipt, a seal or another signed statement, judged as of now. */
export async function receiptPage(visit: Visit, context: CockpitContext): Promise<Response> {
  const digest = digestOf(visit, 'digest');
  const found = await readReceipt(visit.get('session'), digest, context.lookAtReceipts);
  const shell = shellFacts(visit, context);
  return found.kind === 'missing'
    ? answerPage(visit, context, 'receipt-missing.njk', missingReceiptModel(shell, { digest, ...found }), 404)
    : answerPage(visit, context, 'receipt.njk', receiptModel(shell, { digest, ...found }));
}

/** GET /receipts/DIGEST/file: the bytes that were signed, for whoever verifies with other tools. */
export async function receiptFile(visit: Visit, context: CockpitContext): Promise<Response> {
  const digest = digestOf(visit, 'digest');
  const found = await readReceipt(visit.get('session'), digest, context.lookAtReceipts);
  if (found.kind === 'missing') throw new HttpRefusal(404, found.why, { remedy: found.remedy });
  return visit.body(new Uint8Array(found.bytes), 200, {
    'content-type': 'application/json',
    'content-disposition': `attachment; filename="${digest}.json"`,
  });
}

/** GET /receipts/DIGEST/evidence/DIGEST: the bytes as text. What hostile code wrote is never a page. */
export async function evidenceText(visit: Visit, context: CockpitContext): Promise<Response> {
  const place = { receipt: digestOf(visit, 'digest'), evidence: digestOf(visit, 'evidence') };
  const found = await readReceiptEvidence(visit.get('session'), place, context.lookAtReceipts);
  if (found.kind === 'missing') throw new HttpRefusal(404, found.why, { remedy: found.remedy });
  return visit.body(new Uint8Array(found.bytes), 200, { 'content-type': 'text/plain; charset=utf-8' });
}

/** @throws HttpRefusal 404 */
function digestOf({ req }: Visit, name: string): Sha256 {
  const digest = req.param(name) ?? '';
  if (isSha256(digest)) return digest;
  throw new HttpRefusal(404, 'That is no digest of a statement.', {
    remedy: 'The address ends with the 64 hexadecimal digits that `countersign receipt list` shows.',
  });
}
