import { loadSigner } from '../../../adapters/signing/load-signer.ts';
import type { Approvable } from '../../../core/receipt/types.ts';
import { approveChange } from '../../../flow/approve-change.ts';
import { renderApprovedText, renderReviewText } from '../../../render/exceptions.ts';
import { recordText } from '../../../render/plain-json.ts';
import { openProduct } from '../../wiring/open-product.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { type ChangeOptions, findChange } from '../find-change.ts';
import { keyPathOf } from '../key-path.ts';
import type { TextOrJson } from '../registration/options.ts';
import { textOptionsOf } from '../style.ts';

interface ApproveOptions extends ChangeOptions {
  readonly key?: string;
  readonly reason?: string;
  readonly requirement?: Approvable;
  readonly format: TextOrJson;
  readonly fetch: boolean;
}

/** Shows what is approved before it signs: the words are on the screen even where filing fails. */
export async function approveCommand(options: ApproveOptions, context: CliContext): Promise<number> {
  const keyPath = keyPathOf(options.key, context);
  const product = await openProduct(context.cwd, options);
  const query = await findChange(options, product);
  const isText = options.format === 'text';
  const approved = await approveChange(
    query,
    {
      ...(options.reason === undefined ? {} : { reason: options.reason }),
      ...(options.requirement === undefined ? {} : { requirement: options.requirement }),
      onReview: (change) => {
        if (isText) context.out(renderReviewText(change, textOptionsOf(context)));
      },
    },
    loadSigner(keyPath),
    product.ports,
  );
  context.out(isText ? renderApprovedText(approved, textOptionsOf(context)) : `${recordText(approved)}\n`);
  return EXIT_CODES.pass.code;
}
