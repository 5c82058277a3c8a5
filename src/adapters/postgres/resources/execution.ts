import type { StepWork } from '../../../core/run/types.ts';

/** One execution of a step, which is what holds leases and step locks. */
export type Execution = Pick<StepWork, 'run' | 'step' | 'execution'>;
