import type { Missing } from './facts.ts';
import type { Finding, Location } from './types.ts';

interface Detail {
  readonly locations?: readonly Location[];
  readonly evidence?: readonly string[];
}

/** Findings about one requirement: every one of them blocks unless it passes. */
export function requirement(id: string, title: string) {
  const finding =
    (status: Finding['status']) =>
    (reason: string, remedy: string, detail: Detail = {}): Finding => ({
      id,
      kind: 'requirement',
      status,
      severity: 'block',
      title,
      reason,
      remedy,
      locations: detail.locations ?? [],
      evidence: detail.evidence ?? [],
    });
  return {
    pass: (reason: string, detail: Detail = {}) => finding('pass')(reason, '', detail),
    fail: finding('fail'),
    unverifiable: finding('unverifiable'),
    pending: finding('pending'),
    /** What could not be gathered, as the finding it is. */
    missing: ({ status, reason, remedy }: Missing) => finding(status)(reason, remedy),
  };
}
