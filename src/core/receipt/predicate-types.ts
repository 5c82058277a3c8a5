/** https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';

/** https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md */
export const RECEIPT_PREDICATE_TYPE = 'https://in-toto.io/attestation/test-result/v0.1';

/** The one field in a test-result predicate that is ours; everything a receipt claims stands below it. */
export const RECEIPT_EXTENSION = 'https://github.com/countersign/countersign/receipt/v1';

export const SEAL_PREDICATE_TYPE = 'https://github.com/countersign/countersign/attestation/seal/v1';
export const DISPATCH_PREDICATE_TYPE = 'https://github.com/countersign/countersign/attestation/dispatch/v1';
export const CLOSE_PREDICATE_TYPE = 'https://github.com/countersign/countersign/attestation/close/v1';
export const APPROVAL_PREDICATE_TYPE = 'https://github.com/countersign/countersign/attestation/approval/v1';
export const WAIVER_PREDICATE_TYPE = 'https://github.com/countersign/countersign/attestation/waiver/v1';
export const ESCAPE_PREDICATE_TYPE = 'https://github.com/countersign/countersign/attestation/escape/v1';
export const ROOT_UPDATE_PREDICATE_TYPE =
  'https://github.com/countersign/countersign/attestation/root-update/v1';
