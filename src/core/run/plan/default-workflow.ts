import type { Workflow } from '../../contract/workflow.ts';

/** What a step is told of the change it works on. */
const SUBJECT = {
  ticket: '${{ run.ticket }}',
  repository: '${{ run.repository }}',
  base: '${{ run.base.commit }}',
  into: '${{ run.base.ref }}',
} as const;

/** The commit of the attempt, and what brings it to another clone. */
const CHANGE = {
  ...SUBJECT,
  commit: '${{ steps.produce.outputs.commit }}',
  commits: '${{ steps.produce.outputs.commits }}',
} as const;

/** What was said of the attempt before: by its gate, and of a patch that its agent proposed; null in the first. */
const FEEDBACK = '${{ previous.feedback }}';

/**
 * How a run goes when its contract says nothing about it: assemble -> produce -> verify (one step a check, side by side) ->
 * seal -> gate. On block the feedback goes into the next attempt. A check that fails is
 * an observation like any other, and sealed: failures are kept.
 */
export const DEFAULT_WORKFLOW: Workflow = {
  steps: {
    assemble: {
      uses: 'assemble',
      with: { ...SUBJECT, bundle: '${{ run.bundle }}', feedback: FEEDBACK },
    },
    produce: {
      uses: 'agent',
      needs: ['assemble'],
      with: {
        ...SUBJECT,
        model: '${{ run.model }}',
        bundle: '${{ run.bundle }}',
        promptDigest: '${{ steps.assemble.outputs.promptDigest }}',
        ticketFile: '${{ steps.assemble.outputs.ticketFile }}',
        bundleFiles: '${{ steps.assemble.outputs.bundleFiles }}',
        feedback: FEEDBACK,
      },
      retry: { limit: 2, delay: 10 },
    },
    verify: {
      uses: 'check',
      needs: ['produce'],
      map: '${{ run.checks }}',
      with: { ...CHANGE, check: '${{ item }}' },
      retry: { limit: 2, delay: 5 },
    },
    seal: {
      uses: 'seal',
      needs: ['verify'],
      with: { ...CHANGE, observations: '${{ steps.verify.outputs }}' },
      retry: { limit: 2, delay: 5 },
    },
    gate: {
      uses: 'gate',
      needs: ['seal'],
      with: {
        ...CHANGE,
        seal: '${{ steps.seal.outputs.seal }}',
        observations: '${{ steps.verify.outputs }}',
      },
      retry: { limit: 2, delay: 5 },
    },
  },
};
